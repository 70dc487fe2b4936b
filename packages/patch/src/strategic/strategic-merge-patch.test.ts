import { describe, expect, it } from '@jest/globals';
import { ApiError, parseJson, stringifyJson } from '@kcp/api-machinery';
import type { Json, JsonObject } from '@kcp/api-machinery';
import type { MergeSchema } from './merge-schema.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';

interface Shape {
  readonly fields?: Readonly<Record<string, Shape>>;
  readonly values?: Shape;
  readonly key?: string;
  readonly strategy?: 'merge' | 'replace';
}

function schemaOf(shape: Shape): MergeSchema {
  return {
    field(name) {
      const field = shape.values ?? (Object.hasOwn(shape.fields ?? {}, name) ? shape.fields?.[name] : undefined);
      return field && schemaOf(field);
    },
    ...(shape.key !== undefined && { listMergeKey: shape.key }),
    ...(shape.strategy !== undefined && { strategy: shape.strategy }),
  };
}

const SCHEMA = schemaOf({
  fields: {
    kind: {},
    data: { values: {} },
    metadata: {
      fields: {
        labels: { values: {} },
        finalizers: { strategy: 'merge' },
        owners: { strategy: 'merge', key: 'uid' },
      },
    },
    secrets: {
      strategy: 'merge',
      key: 'name',
      fields: { name: {}, ports: { strategy: 'merge', key: 'port', fields: {} } },
    },
    pulls: { fields: { name: {} } },
    selector: { strategy: 'replace', values: {} },
    nokey: { strategy: 'merge', fields: {} },
  },
});

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}

function patched(document: JsonObject, patch: Json): JsonObject {
  return applyStrategicMergePatch(frozen(document), frozen(patch), SCHEMA);
}

const named = (...names: string[]): Json => names.map((name) => ({ name }));
const [A, B, C] = ['example.com/a', 'example.com/b', 'example.com/c'];

describe('lists of objects are merged by key', () => {
  const document = { secrets: [{ name: 'a' }, { name: 'b', x: 1 }], pulls: named('p') };

  it.each<[string, JsonObject, Json]>([
    ['new ones come first', { secrets: named('c') }, [{ name: 'c' }, { name: 'a' }, { name: 'b', x: 1 }]],
    [
      'several new ones in their order',
      { secrets: named('d', 'c') },
      [{ name: 'd' }, { name: 'c' }, { name: 'a' }, { name: 'b', x: 1 }],
    ],
    [
      'present ones are merged in place',
      { secrets: [{ name: 'b', y: 2 }] },
      [{ name: 'a' }, { name: 'b', x: 1, y: 2 }],
    ],
    ['patched ones take the order of the patch', { secrets: named('b', 'a') }, [{ name: 'b', x: 1 }, { name: 'a' }]],
    [
      'new ones go before the live ones they are patched with',
      { secrets: named('c', 'b') },
      [{ name: 'c' }, { name: 'a' }, { name: 'b', x: 1 }],
    ],
    ['null deletes a member of an item', { secrets: [{ name: 'b', x: null }] }, [{ name: 'a' }, { name: 'b' }]],
    ['delete takes one away', { secrets: [{ $patch: 'delete', name: 'a' }] }, [{ name: 'b', x: 1 }]],
    [
      'delete of a missing one is no error',
      { secrets: [{ $patch: 'delete', name: 'z' }] },
      [{ name: 'a' }, { name: 'b', x: 1 }],
    ],
    [
      'delete and add of one',
      {
        secrets: [
          { $patch: 'delete', name: 'b' },
          { name: 'b', z: 1 },
        ],
      },
      [{ name: 'b', z: 1 }, { name: 'a' }],
    ],
    ['replace replaces the list', { secrets: [{ name: 'only' }, { $patch: 'replace' }] }, [{ name: 'only' }]],
    ['replace of one item', { secrets: [{ name: 'b', $patch: 'replace' }] }, []],
    ['null deletes the list', { secrets: null }, null],
    ['an empty list changes nothing', { secrets: [] }, [{ name: 'a' }, { name: 'b', x: 1 }]],
    ['something else replaces it', { secrets: 'x' }, 'x'],
    [
      'the order asked for',
      { '$setElementOrder/secrets': named('c', 'b', 'a'), secrets: named('c') },
      [{ name: 'c' }, { name: 'b', x: 1 }, { name: 'a' }],
    ],
    ['an order alone', { '$setElementOrder/secrets': named('b', 'a') }, [{ name: 'b', x: 1 }, { name: 'a' }]],
    [
      'an order that does not name all',
      { '$setElementOrder/secrets': named('c', 'b'), secrets: named('c') },
      [{ name: 'c' }, { name: 'a' }, { name: 'b', x: 1 }],
    ],
    [
      'an order beside a delete',
      { '$setElementOrder/secrets': named('b'), secrets: [{ name: 'a', $patch: 'delete' }] },
      [{ name: 'b', x: 1 }],
    ],
  ])('%s', (_name, patch, secrets) => {
    expect(patched(document, patch)['secrets'] ?? null).toEqual(secrets);
  });

  it('a new list loses its directives and nulls', () => {
    const patch = {
      secrets: [
        { name: 'a', x: null },
        { name: 'b', $patch: 'delete' },
      ],
    };
    expect(patched({}, patch)).toEqual({ secrets: [{ name: 'a' }] });
    expect(patched({}, { ...patch, '$setElementOrder/secrets': named('a') })).toEqual({ secrets: [{ name: 'a' }] });
    expect(patched({}, { '$setElementOrder/secrets': named('a') })).toEqual({});
  });

  it('nested lists are merged by their own key', () => {
    const live = { secrets: [{ name: 'a', ports: [{ port: 1, p: 'x' }, { port: 2 }] }] };
    expect(patched(live, { secrets: [{ name: 'a', ports: [{ port: 2, p: 'y' }, { port: 3 }] }] })).toEqual({
      secrets: [{ name: 'a', ports: [{ port: 1, p: 'x' }, { port: 2, p: 'y' }, { port: 3 }] }],
    });
  });

  it('lists without a strategy are replaced', () => {
    expect(patched(document, { pulls: named('q') })['pulls']).toEqual(named('q'));
  });
});

describe('lists of scalars are merged as sets', () => {
  const document = { metadata: { finalizers: [A, B] } };

  it.each<[string, JsonObject, Json]>([
    ['new ones come after those they are patched with', { finalizers: [B, C] }, [A, B, C]],
    ['a new one alone comes first', { finalizers: [C] }, [C, A, B]],
    ['some are taken away', { '$deleteFromPrimitiveList/finalizers': [A, 'example.com/z'] }, [B]],
    ['an order', { '$setElementOrder/finalizers': [C, B, A], finalizers: [C] }, [C, B, A]],
    [
      'an order and a deletion',
      { '$setElementOrder/finalizers': [C, B], finalizers: [C], '$deleteFromPrimitiveList/finalizers': [A] },
      [C, B],
    ],
    ['a deletion of null deletes the list', { '$deleteFromPrimitiveList/finalizers': null }, null],
    ['a deletion from a missing list', { '$deleteFromPrimitiveList/other': [A] }, [A, B]],
  ])('%s', (_name, metadata, finalizers) => {
    const result = patched(document, { metadata })['metadata'] as JsonObject;
    expect(result['finalizers'] ?? null).toEqual(finalizers);
  });
});

describe('objects', () => {
  const document = {
    kind: 'ConfigMap',
    data: { a: '1', b: '2' },
    metadata: { labels: { x: '1' } },
    selector: { s: '1' },
  };

  it.each<[string, JsonObject, JsonObject]>([
    ['are merged by key', { data: { b: 'new', c: '3', a: null } }, { data: { b: 'new', c: '3' } }],
    ['are replaced by directive', { data: { $patch: 'replace', z: '26' } }, { data: { z: '26' } }],
    ['are emptied by directive', { data: { $patch: 'delete' } }, { data: {} }],
    ['keep only the keys named', { data: { $retainKeys: ['a', 'c'], c: '3' } }, { data: { a: '1', c: '3' } }],
    ['are replaced where the field says so', { selector: { t: '2' } }, { selector: { t: '2' } }],
    ['replace what is no object', { kind: { a: null, b: 1 } }, { kind: { b: 1 } }],
    ['are deleted by null', { metadata: null, selector: null }, { metadata: undefined, selector: undefined }],
  ])('%s', (_name, patch, changed) => {
    expect(patched(document, patch)).toEqual({ ...document, ...changed });
  });

  it('share what the patch does not touch, and are not changed', () => {
    const result = patched(document, { data: { c: '3' } });
    expect(result['metadata']).toBe(document.metadata);
    expect(patched(document, {})).toEqual(document);
  });

  it('keep keys that JavaScript reserves, and integers of 64 bits', () => {
    const live = parseJson('{"data":{"__proto__":"a","constructor":"b"}}') as JsonObject;
    const patch = parseJson('{"data":{"__proto__":"c","toString":9223372036854775807,"constructor":null}}');
    expect(stringifyJson(patched(live, patch))).toBe('{"data":{"__proto__":"c","toString":9223372036854775807}}');
  });
});

describe('a patch that contradicts itself is refused', () => {
  const document = {
    data: { a: '1' },
    secrets: named('a'),
    nokey: named('a'),
    metadata: { finalizers: [A] },
    pulls: named('p'),
  };

  it.each<[string, Json, number, string]>([
    [
      'an item without its merge key',
      { secrets: [{ kind: 'Secret' }] },
      500,
      'map: map[kind:Secret] does not contain declared merge key: name',
    ],
    [
      'a delete without merge key',
      { secrets: [{ $patch: 'delete' }] },
      500,
      'map: map[$patch:delete] does not contain declared merge key: name',
    ],
    [
      'an unknown directive in a list',
      { secrets: [{ $patch: 'bogus', name: 'a' }] },
      500,
      'unknown patch type: bogus in map: map[$patch:bogus name:a]',
    ],
    ['an unknown directive', { data: { $patch: 'merge' } }, 500, 'unknown patch type: merge in map: map[$patch:merge]'],
    [
      'a merge directive in a list',
      { secrets: [{ $patch: 'merge', name: 'a' }] },
      500,
      'merging lists cannot yet be specified in the patch',
    ],
    [
      'retained keys that lack one set',
      { data: { $retainKeys: ['a'], c: '3' } },
      400,
      'invalid patch format of retainKeys',
    ],
    ['retained keys that are no list', { data: { $retainKeys: 'a' } }, 400, 'invalid patch format of retainKeys'],
    ['an order without a name', { $setElementOrder: [] }, 400, 'invalid patch format of setElementOrder list'],
    [
      'an order that is no list',
      { '$setElementOrder/secrets': 'a' },
      500,
      'expected a []interface {}, but received a string',
    ],
    [
      'an order for what is no list',
      { '$setElementOrder/data': [] },
      500,
      'expected a []interface {}, but received a map[string]interface {}',
    ],
    ['a deletion without a name', { '$deleteFromPrimitiveListX/a': [] }, 400, 'invalid patch format of primitive list'],
    [
      'an order that lacks an item',
      { '$setElementOrder/secrets': named('a'), secrets: named('z') },
      500,
      "The order in patch list:\n[map[name:z]]\n doesn't match $setElementOrder list:\n[map[name:a]]\n",
    ],
    [
      'a list of mixed items',
      { metadata: { finalizers: [1] } },
      500,
      'list element types are not identical: [[example.com/a] [1]]',
    ],
    ['a list without merge key', { nokey: named('b') }, 500, 'cannot merge lists without merge key for struct'],
    [
      'a field that the type lacks',
      { data: { a: '1' }, extra: {} },
      500,
      'unable to find api field in struct for the json field "extra"',
    ],
    ['a patch that is no object', [], 400, 'invalid JSON document'],
  ])('%s', (_name, patch, code, message) => {
    expect.assertions(3);
    try {
      patched({ ...document, extra: {} }, patch);
    } catch (error) {
      expect(error).toBeInstanceOf(ApiError);
      expect((error as ApiError).code).toBe(code);
      expect((error as ApiError).message).toBe(message);
    }
  });

  it('a list of lists is refused with 422', () => {
    const patch = { metadata: { finalizers: [['x']] } };
    expect(() => patched({ metadata: { finalizers: [[A]] } }, patch)).toThrow(ApiError);
    expect(() => patched(document, { '$setElementOrder/secrets': [] })).not.toThrow();
    expect(() => patched({ secrets: [] }, { '$setElementOrder/secrets': [] })).toThrow(
      'no elements in any of the given slices',
    );
  });
});
