import { describe, expect, it } from '@jest/globals';
import { ApiError } from '@kcp/api-machinery';
import type { Json } from '@kcp/api-machinery';
import type { ApplySchema, ObjectSchema } from './apply-schema.ts';
import { compareValues } from './compare.ts';
import {
  difference,
  emptyFieldSet,
  equalFieldSets,
  hasPath,
  intersection,
  isEmptyFieldSet,
  pathsOf,
  recursiveDifference,
  union,
} from './field-set.ts';
import { fieldSetOf } from './field-set-of.ts';
import { fromFieldsV1, toFieldsV1 } from './fields-v1.ts';

const SCALAR: ApplySchema = { kind: 'scalar' };
const struct = (fields: Record<string, ApplySchema>, atomic = false): ObjectSchema => ({
  kind: 'object',
  atomic,
  field: (name) => (Object.hasOwn(fields, name) ? fields[name] : undefined),
});
const mapOf = (values: ApplySchema): ObjectSchema => ({ kind: 'object', field: () => undefined, values });

const SCHEMA = struct({
  data: mapOf(SCALAR),
  metadata: struct({ labels: mapOf(SCALAR), finalizers: { kind: 'list', type: 'set', items: SCALAR } }),
  ports: {
    kind: 'list',
    type: 'map',
    keys: ['port', 'protocol'],
    keyDefaults: { protocol: 'TCP' },
    items: struct({ port: SCALAR, protocol: SCALAR, name: SCALAR }),
  },
  args: { kind: 'list', type: 'atomic', items: SCALAR },
  selector: struct({}, true),
  any: { kind: 'deduced' },
  immutable: SCALAR,
});

const A = fromFieldsV1({ 'f:data': { '.': {}, 'f:a': {}, 'f:b': {} }, 'f:x': {} });
const B = fromFieldsV1({ 'f:data': { 'f:b': {}, 'f:c': {} }, 'f:y': { 'f:z': {} } });

describe('a set of fields', () => {
  it.each<[string, Json]>([
    ['nothing', {}],
    ['leaves and what is above', { 'f:data': { '.': {}, 'f:a': {} }, 'f:immutable': {} }],
    [
      'keys, values and indexes',
      { 'f:l': { 'k:{"name":"a"}': { '.': {}, 'f:name': {} }, 'v:"x"': {}, 'i:0': {}, 'i:10': {} } },
    ],
    ['keys that JavaScript reserves', JSON.parse('{"f:data":{"f:__proto__":{},"f:constructor":{}}}') as Json],
  ])('is written as it is read: %s', (_name, written) => {
    expect(JSON.stringify(toFieldsV1(fromFieldsV1(written)))).toBe(JSON.stringify(written));
  });

  it.each<[Json]>([[{ bogus: {} }], [{ 'i:a': {} }], [{ 'v:{': {} }], [{ 'k:{x}': {} }], [{ 'f:a': 1 }], [[]]])(
    '%j is none',
    (written) => {
      expect(() => fromFieldsV1(written)).toThrow(ApiError);
    },
  );

  it('is joined, cut and taken away', () => {
    expect(toFieldsV1(union(A, B))).toEqual({
      'f:data': { '.': {}, 'f:a': {}, 'f:b': {}, 'f:c': {} },
      'f:x': {},
      'f:y': { 'f:z': {} },
    });
    expect(toFieldsV1(intersection(A, B))).toEqual({ 'f:data': { 'f:b': {} } });
    expect(toFieldsV1(difference(A, B))).toEqual({ 'f:data': { '.': {}, 'f:a': {} }, 'f:x': {} });
    expect(toFieldsV1(recursiveDifference(B, A))).toEqual({ 'f:y': { 'f:z': {} } });
    expect(equalFieldSets(union(A, B), union(B, A))).toBe(true);
    expect(equalFieldSets(A, B)).toBe(false);
    expect(isEmptyFieldSet(difference(A, A))).toBe(true);
    expect(equalFieldSets(union(A, emptyFieldSet), A)).toBe(true);
  });

  it('is written in the order of what its elements stand for', () => {
    const elements = [
      'i:10',
      'i:9',
      'v:"a"',
      'v:2',
      'v:10',
      'v:true',
      'k:{"p":443}',
      'k:{"p":80}',
      'k:{"p":80,"q":"x"}',
      'f:b',
      'f:\u{1f600}',
      'f:\uffee',
      'f:10',
      'f:9',
    ];
    const written = Object.fromEntries(elements.map((element) => [element, {}]));
    expect(Object.keys(toFieldsV1(fromFieldsV1(written)))).toEqual([
      'f:10',
      'f:9',
      'f:b',
      'f:\uffee',
      'f:\u{1f600}',
      'k:{"p":80}',
      'k:{"p":80,"q":"x"}',
      'k:{"p":443}',
      'v:2',
      'v:10',
      'v:"a"',
      'v:true',
      'i:9',
      'i:10',
    ]);
  });

  it('keeps integers that a double cannot hold, and drops elements of kinds that nobody knows', () => {
    const written = { 'k:{"n":9223372036854775807}': {}, 'v:9007199254740993': {} };
    expect(toFieldsV1(fromFieldsV1({ ...written, 'z:1': {} }))).toEqual(written);
  });

  it('escapes as Go does', () => {
    expect(toFieldsV1(fromFieldsV1({ 'v:"<a>"': {} }))).toEqual({ 'v:"\\u003ca\\u003e"': {} });
  });

  it('compares keys in one form, however they were written', () => {
    const [a, b] = [fromFieldsV1({ 'k:{"a":1,"b":"x"}': {} }), fromFieldsV1({ 'k:{ "b": "x", "a": 1 }': {} })];
    expect(equalFieldSets(a, b)).toBe(true);
  });

  it('knows its paths', () => {
    expect(hasPath(A, ['f:data'])).toBe(true);
    expect(hasPath(B, ['f:data'])).toBe(false);
    expect(hasPath(B, ['f:y', 'f:z'])).toBe(true);
    expect([...pathsOf(B)]).toEqual([
      ['f:data', 'f:b'],
      ['f:data', 'f:c'],
      ['f:y', 'f:z'],
    ]);
  });
});

describe('the fields that a configuration sets', () => {
  it.each<[string, Json, Json]>([
    ['entries of maps', { data: { a: '1' } }, { 'f:data': { 'f:a': {} } }],
    ['an empty map', { data: {} }, { 'f:data': {} }],
    ['null', { data: null }, { 'f:data': {} }],
    [
      'a set',
      { metadata: { finalizers: ['x', 'y'] } },
      { 'f:metadata': { 'f:finalizers': { 'v:"x"': {}, 'v:"y"': {} } } },
    ],
    [
      'items by key, with what a key is by default',
      { ports: [{ port: 80, name: 'web' }] },
      { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:port': {} } } },
    ],
    ['an atomic list', { args: ['a'] }, { 'f:args': {} }],
    ['an atomic object', { selector: { a: 'b' } }, { 'f:selector': {} }],
    [
      'a value of unknown type',
      { any: { a: [1], b: { c: 1 } } },
      { 'f:any': { 'f:a': {}, 'f:b': { '.': {}, 'f:c': {} } } },
    ],
    [
      'a value that comes twice',
      { metadata: { finalizers: ['x', 'x'] } },
      { 'f:metadata': { 'f:finalizers': { 'v:"x"': {} } } },
    ],
  ])('%s', (_name, value, written) => {
    expect(toFieldsV1(fieldSetOf(value, SCHEMA))).toEqual(written);
  });
});

describe('what differs between two values', () => {
  it.each<[string, Json, Json, { added?: Json; removed?: Json; modified?: Json }]>([
    ['nothing', { data: { a: '1' } }, { data: { a: '1' } }, {}],
    ['a new map', {}, { data: { a: '1' } }, { added: { 'f:data': { '.': {}, 'f:a': {} } } }],
    ['a map that is gone', { data: { a: '1' } }, {}, { removed: { 'f:data': { '.': {}, 'f:a': {} } } }],
    [
      'entries',
      { data: { a: '1', b: '2' } },
      { data: { b: '3', c: '4' } },
      {
        added: { 'f:data': { 'f:c': {} } },
        removed: { 'f:data': { 'f:a': {} } },
        modified: { 'f:data': { 'f:b': {} } },
      },
    ],
    ['null for an empty map', { data: null }, { data: {} }, { modified: { 'f:data': {} } }],
    ['an atomic list', { args: ['a'] }, { args: ['a', 'b'] }, { modified: { 'f:args': {} } }],
    [
      'items by key',
      { ports: [{ port: 80, name: 'a' }] },
      { ports: [{ port: 81 }, { port: 80, protocol: 'TCP', name: 'b' }] },
      {
        added: {
          'f:ports': {
            'k:{"port":80,"protocol":"TCP"}': { 'f:protocol': {} },
            'k:{"port":81,"protocol":"TCP"}': { '.': {}, 'f:port': {} },
          },
        },
        modified: { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { 'f:name': {} } } },
      },
    ],
    [
      'another kind of value',
      { any: { a: 1 } },
      { any: 5 },
      { removed: { 'f:any': { 'f:a': {} } }, modified: { 'f:any': {} } },
    ],
    [
      'a value that comes twice',
      { metadata: { finalizers: ['x'] } },
      { metadata: { finalizers: ['x', 'x'] } },
      {
        added: { 'f:metadata': { 'f:finalizers': { 'v:"x"': {} } } },
        removed: { 'f:metadata': { 'f:finalizers': { 'v:"x"': {} } } },
      },
    ],
  ])('%s', (_name, before, after, { added = {}, removed = {}, modified = {} }) => {
    const comparison = compareValues(before, after, SCHEMA);
    expect(toFieldsV1(comparison.added)).toEqual(added);
    expect(toFieldsV1(comparison.removed)).toEqual(removed);
    expect(toFieldsV1(comparison.modified)).toEqual(modified);
  });
});
