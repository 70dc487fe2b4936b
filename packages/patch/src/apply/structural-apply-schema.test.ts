import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '@kcp/api-machinery';
import { parseSchema } from '@kcp/structural-schema';
import { checkValue } from './check-value.ts';
import { fieldSetOf } from './field-set-of.ts';
import { toFieldsV1 } from './fields-v1.ts';
import { structuralApplySchema } from './structural-apply-schema.ts';

const text = { type: 'string' };
const definition: JsonObject = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        words: { type: 'array', items: text },
        tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: text },
        ports: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['port', 'protocol'],
          items: { type: 'object', properties: { port: { type: 'integer' }, protocol: { ...text, default: 'TCP' } } },
        },
        whole: { type: 'object', 'x-kubernetes-map-type': 'atomic', properties: { a: text } },
        labels: { type: 'object', additionalProperties: text },
        bare: { type: 'object' },
        when: { ...text, format: 'date-time' },
        either: { 'x-kubernetes-int-or-string': true },
        open: {
          type: 'object',
          'x-kubernetes-preserve-unknown-fields': true,
          properties: { known: { type: 'object', properties: { a: text } } },
        },
        inner: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: { type: 'object' } } },
      },
    },
  },
};
const schema = structuralApplySchema(parseSchema(definition).schema);
const inSpec = (spec: JsonObject): JsonObject => ({ apiVersion: 'g/v1', kind: 'K', metadata: { name: 'a' }, spec });

describe('the apply schema of a custom type', () => {
  it.each<[string, JsonObject, Json]>([
    ['lists are atomic', { words: ['a'] }, { 'f:words': {} }],
    ['sets', { tags: ['a'] }, { 'f:tags': { 'v:"a"': {} } }],
    [
      'maps by key, with defaults',
      { ports: [{ port: 1 }] },
      { 'f:ports': { 'k:{"port":1,"protocol":"TCP"}': { '.': {}, 'f:port': {} } } },
    ],
    ['atomic objects', { whole: { a: 'x' } }, { 'f:whole': {} }],
    ['maps of texts', { labels: { a: 'x' } }, { 'f:labels': { 'f:a': {} } }],
    ['objects of which nothing is said', { bare: { a: { b: [1] } } }, { 'f:bare': { 'f:a': { '.': {}, 'f:b': {} } } }],
    ['int or string', { either: 1 }, { 'f:either': {} }],
    [
      'unknown fields that are kept',
      { open: { x: { y: 1 }, known: { a: 'x', b: 1 } } },
      { 'f:open': { 'f:known': { 'f:a': {}, 'f:b': {} }, 'f:x': { '.': {}, 'f:y': {} } } },
    ],
    [
      'embedded resources',
      { inner: { kind: 'X', metadata: { finalizers: ['f'] } } },
      { 'f:inner': { 'f:kind': {}, 'f:metadata': { 'f:finalizers': { 'v:"f"': {} } } } },
    ],
  ])('%s', (_name, spec, owned) => {
    expect(checkValue(inSpec(spec), schema)).toBeUndefined();
    expect(toFieldsV1(fieldSetOf({ spec }, schema))).toEqual({ 'f:spec': owned });
  });

  it.each<[string, JsonObject, string]>([
    ['undeclared fields', { bogus: 1 }, '.spec.bogus: field not declared in schema'],
    [
      'undeclared fields of items',
      { ports: [{ port: 1, x: 1 }] },
      '.spec.ports[port=1,protocol="TCP"].x: field not declared in schema',
    ],
    ['wrong types', { labels: { a: 1 } }, '.spec.labels.a: expected string, got &value.valueUnstructured{Value:1}'],
  ])('refuses %s', (_name, spec, fault) => {
    expect(checkValue(inSpec(spec), schema)).toBe(fault);
  });

  it('is deduced from the values where there is no schema', () => {
    expect(structuralApplySchema(undefined)).toEqual({ kind: 'deduced' });
  });
});
