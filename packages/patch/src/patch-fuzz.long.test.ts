import { describe, expect, it } from '@jest/globals';
import { ApiError, clone, equal, isArray, isObject, own, put, stringifyJson } from '@kcp/api-machinery';
import type { Json, JsonObject, MutableJsonObject } from '@kcp/api-machinery';
import * as fc from 'fast-check';
import { applyJsonPatch } from './json-patch.ts';
import type { JsonPatchOperation } from './json-patch-decode.ts';
import { applyMergePatch } from './merge-patch.ts';
import type { MergeSchema } from './strategic/merge-schema.ts';
import { applyStrategicMergePatch } from './strategic/strategic-merge-patch.ts';

const RUNS = { numRuns: 100_000, seed: 20_260_701 };

const KEYS = ['a', 'b', 'list', 'set', 'name', '0', '1', '__proto__', 'constructor', 'length', 'a/b', '~', ''];
const key = fc.constantFrom(...KEYS);
const scalar = fc.constantFrom<Json>(null, true, 0, 1, -1.5, '', 'x', 'a', 9_223_372_036_854_775_807n);

function objectOf(members: readonly (readonly [string, Json])[]): JsonObject {
  const object: MutableJsonObject = {};
  for (const [name, value] of members) put(object, name, value);
  return object;
}

function jsonOf(
  keys: fc.Arbitrary<string>,
  leaf: fc.Arbitrary<Json>,
): { value: fc.Arbitrary<Json>; object: fc.Arbitrary<JsonObject> } {
  const { value, object } = fc.letrec<{ value: Json; object: JsonObject; items: Json }>((tie) => ({
    value: fc.oneof({ maxDepth: 4, depthSize: 'small' }, leaf, tie('object'), tie('items')),
    items: fc.array(tie('value'), { maxLength: 4 }),
    object: fc.array(fc.tuple(keys, tie('value')), { maxLength: 4 }).map(objectOf),
  }));
  return { value, object };
}

const json = jsonOf(key, scalar);
const escape = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');
const pointer = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .array(fc.oneof(key, fc.constantFrom('-', '-1', '2', '+1', '01')), { minLength: 1, maxLength: 3 })
      .map((parts) => `/${parts.map(escape).join('/')}`),
  },
  { weight: 1, arbitrary: fc.constantFrom('', 'a', 'x/a', '/~2') },
);
const operation: fc.Arbitrary<JsonPatchOperation> = fc.record(
  {
    op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'bogus'),
    path: pointer,
    from: pointer,
    value: json.value,
  },
  { requiredKeys: ['op'] },
);

/** What a function gives, as text; refusals are all alike, anything else that is thrown is a failure. */
function outcome(run: () => Json): string {
  try {
    return stringifyJson(run());
  } catch (error) {
    if (error instanceof ApiError) return 'refused';
    throw error;
  }
}

function decode(path: string | undefined): string[] {
  const parts = path?.split('/') ?? [];
  if (parts.length < 2) throw new ApiError('Invalid', '');
  return parts.slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The operations the plain way: on a private copy, which is changed in place. */
function naively(document: Json, operations: readonly JsonPatchOperation[]): Json {
  const holder: { root: Json } = { root: clone(document) };
  const refuse = (): never => {
    throw new ApiError('Invalid', '');
  };
  const place = (name: string, length: number): number => {
    const index = /^[+-]?\d+$/.test(name) ? Number(name) : Number.NaN;
    const counted = index < 0 ? index + length : index;
    return counted >= 0 && counted < length ? Math.abs(counted) : refuse();
  };
  const parent = (keys: readonly string[]): Json[] | MutableJsonObject => {
    let node: Json | undefined = holder.root;
    for (const name of keys.slice(0, -1)) {
      if (node !== undefined && isArray(node)) node = node[place(name, node.length)];
      else node = isObject(node) ? own(node, name) : refuse();
    }
    return isObject(node) || Array.isArray(node) ? (node as Json[] | MutableJsonObject) : refuse();
  };
  const read = (path: string | undefined): Json => {
    const keys = decode(path);
    const [node, name] = [parent(keys), keys.at(-1) ?? ''];
    return Array.isArray(node) ? (node[place(name, node.length)] ?? null) : (own(node, name) ?? null);
  };
  const add = (path: string | undefined, value: Json): void => {
    const keys = decode(path);
    const [node, name] = [parent(keys), keys.at(-1) ?? ''];
    if (!Array.isArray(node)) put(node, name, value);
    else node.splice(name === '-' ? node.length : place(name, node.length + 1), 0, value);
  };
  const remove = (path: string | undefined): Json => {
    const keys = decode(path);
    const [node, name] = [parent(keys), keys.at(-1) ?? ''];
    const value = read(path);
    if (Array.isArray(node)) node.splice(place(name, node.length), 1);
    else if (Object.hasOwn(node, name)) delete node[name];
    else refuse();
    return value;
  };
  for (const { op, path, from, value = null } of operations) {
    if (op === 'add') add(path, clone(value));
    else if (op === 'remove') remove(path);
    else if (op === 'move') add(path, remove(from));
    else if (op === 'copy') add(path, clone(read(from)));
    else if (op === 'replace' && path === '')
      holder.root = typeof value === 'object' && value !== null ? clone(value) : refuse();
    else if (op === 'replace') {
      const keys = decode(path);
      const [node, name] = [parent(keys), keys.at(-1) ?? ''];
      if (Array.isArray(node)) node[place(name, node.length)] = clone(value);
      else put(node, name, clone(value));
    } else if (op !== 'test') refuse();
    else if (!equal(path === '' ? holder.root : read(path), value)) refuse();
  }
  return holder.root;
}

type JsonPatcher = (document: Json, operations: readonly JsonPatchOperation[]) => Json;

function jsonPatchProperty(patch: JsonPatcher): fc.IProperty<[Json, JsonPatchOperation[]]> {
  return fc.property(json.value, fc.array(operation, { maxLength: 5 }), (document, operations) => {
    const before = stringifyJson([document, operations as unknown as Json]);
    const result = outcome(() => patch(document, operations));
    if (stringifyJson([document, operations as unknown as Json]) !== before) return false;
    if (result !== outcome(() => naively(document, operations))) return false;
    const holds = (): Json =>
      patch(JSON.parse(result) as Json, [{ op: 'test', path: '', value: JSON.parse(result) as Json }]);
    return result === 'refused' || result === 'null' || outcome(holds) !== 'refused';
  });
}

describe('JSON patch', () => {
  it('does as the plain way does, changes no input, throws only ApiErrors', () => {
    fc.assert(jsonPatchProperty(applyJsonPatch), RUNS);
  });

  it('a planted bug is found: an operation that writes into the document it was given', () => {
    const writing: JsonPatcher = (document, operations) => {
      const [first] = operations;
      if (first?.op === 'replace' && first.path === '/a' && isObject(document)) put(document, 'a', first.value ?? null);
      return applyJsonPatch(document, operations);
    };
    expect(fc.check(jsonPatchProperty(writing), RUNS).failed).toBe(true);
  });
});

const withoutNulls = jsonOf(
  key,
  scalar.filter((value) => value !== null),
);
/** Patches whose lists hold no null: Kubernetes' library drops these only sometimes. */
const mergePatch = fc
  .array(
    fc.tuple(
      key,
      fc.oneof(
        withoutNulls.value,
        fc.constant(null),
        fc.array(fc.tuple(key, fc.oneof(withoutNulls.value, fc.constant(null)))).map(objectOf),
      ),
    ),
    { maxLength: 4 },
  )
  .map(objectOf);

type MergePatcher = (document: JsonObject, patch: Json) => JsonObject;

function mergePatchProperty(patch: MergePatcher): fc.IProperty<[JsonObject, JsonObject]> {
  return fc.property(json.object, mergePatch, (document, change) => {
    const before = stringifyJson([document, change]);
    const once = patch(document, change);
    if (stringifyJson([document, change]) !== before) return false;
    const deleted = Object.keys(change).filter((name) => change[name] === null);
    const untouched = Object.keys(document).filter((name) => !Object.hasOwn(change, name));
    return (
      equal(patch(once, change), once) &&
      deleted.every((name) => !Object.hasOwn(once, name)) &&
      untouched.every((name) => once[name] === document[name]) &&
      equal(patch(document, {}), document)
    );
  });
}

describe('merge patch', () => {
  it('is idempotent, deletes what is null, shares what it does not name, changes no input', () => {
    fc.assert(mergePatchProperty(applyMergePatch), RUNS);
  });

  it('a planted bug is found: a null that is kept', () => {
    const keeping: MergePatcher = (document, change) => {
      const result = applyMergePatch(document, change);
      return isObject(change) && own(change, '__proto__') === null
        ? objectOf([...Object.entries(result), ['__proto__', null]] as [string, Json][])
        : result;
    };
    expect(fc.check(mergePatchProperty(keeping), RUNS).failed).toBe(true);
  });

  it('throws only ApiErrors, whatever the patch is', () => {
    fc.assert(
      fc.property(
        json.object,
        json.value,
        (document, change) => outcome(() => applyMergePatch(document, change)) !== '',
      ),
      RUNS,
    );
  });
});

function field(name: string): MergeSchema | undefined {
  if (name === 'list') return { field, listMergeKey: 'name', strategy: 'merge' };
  if (name === 'set') return { field, strategy: 'merge' };
  return name === 'length' ? undefined : { field };
}
const SCHEMA: MergeSchema = { field };
const plain = jsonOf(
  fc.constantFrom('a', 'b', '0', '__proto__', 'constructor'),
  scalar.filter((value) => value !== null),
);
const item = fc
  .tuple(
    fc.constantFrom('x', 'y', 'z', 'w'),
    fc.array(fc.tuple(fc.constantFrom('p', 'q'), fc.constantFrom<Json>(1, 'v')), { maxLength: 2 }),
  )
  .map(([name, more]) => objectOf([['name', name], ...more]));
const distinctItems = fc.uniqueArray(item, { maxLength: 4, selector: (one) => one['name'] });
const strategicObject = fc
  .record(
    {
      list: distinctItems,
      set: fc.uniqueArray(fc.constantFrom('x', 'y', 'z', 'w'), { maxLength: 4 }),
      a: plain.object,
    },
    { requiredKeys: [] },
  )
  .map((value) => value as JsonObject);
const directive = fc.constantFrom(
  '$patch',
  '$retainKeys',
  '$setElementOrder/list',
  '$setElementOrder/set',
  '$deleteFromPrimitiveList/set',
  '$setElementOrder',
  'list',
  'set',
  'a',
);
const anyStrategic = fc
  .array(
    fc.tuple(
      directive,
      fc.oneof(
        json.value,
        distinctItems.map((items) => items as Json),
        fc.constantFrom<Json>('replace', 'delete', 'merge', ['x', 'y']),
      ),
    ),
    { maxLength: 4 },
  )
  .map(objectOf);

function strategicProperty(patch: MergePatcher): fc.IProperty<[JsonObject, JsonObject]> {
  return fc.property(strategicObject, strategicObject, (document, change) => {
    const before = stringifyJson([document, change]);
    const once = patch(document, change);
    if (stringifyJson([document, change]) !== before) return false;
    const names = (object: JsonObject, field: string): string[] => {
      const list = own(object, field) ?? [];
      return (isArray(list) ? list : []).map((entry) =>
        stringifyJson(isObject(entry) ? (own(entry, 'name') ?? null) : entry),
      );
    };
    const complete = ['list', 'set'].every((field) => {
      const wanted = new Set([...names(document, field), ...names(change, field)]);
      const found = names(once, field);
      return found.length === wanted.size && found.every((name) => wanted.has(name));
    });
    return complete && equal(patch(once, change), once);
  });
}

describe('strategic merge patch', () => {
  const strategic: MergePatcher = (document, change) => applyStrategicMergePatch(document, change, SCHEMA);

  it('without directives is idempotent, loses and doubles no item, changes no input', () => {
    fc.assert(strategicProperty(strategic), RUNS);
  });

  it('a planted bug is found: an item that is merged twice', () => {
    const doubling: MergePatcher = (document, change) => {
      const result = strategic(document, change);
      const list = own(result, 'list');
      return list !== undefined && isArray(list) && list.length === 4
        ? { ...result, list: [...list, list[0] ?? null] }
        : result;
    };
    expect(fc.check(strategicProperty(doubling), RUNS).failed).toBe(true);
  });

  it('throws only ApiErrors, whatever the directives say', () => {
    fc.assert(
      fc.property(fc.oneof(strategicObject, json.object), anyStrategic, (document, change) => {
        const before = stringifyJson([document, change]);
        outcome(() => strategic(document, change));
        return stringifyJson([document, change]) === before;
      }),
      RUNS,
    );
  });
});
