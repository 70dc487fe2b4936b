import { describe, expect, it } from '@jest/globals';
import { badRequest } from '@kcp/api-machinery';
import type { Json, JsonObject } from '@kcp/api-machinery';
import { shop, shopSchema, shopType, struct } from './fixtures/shop-type.ts';
import { objectMetaSchema } from './object-meta-schema.ts';
import { updateManagedFields } from './update-managed-fields.ts';

const now = '2026-01-01T00:00:09Z';
const type = shopType();

function entry(manager: string, fieldsV1: JsonObject, more: JsonObject = {}): JsonObject {
  const time = '2026-01-01T00:00:01Z';
  return {
    manager,
    operation: 'Update',
    apiVersion: 'example.com/v1',
    time,
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...more,
  };
}

const SIZE = { 'f:spec': { 'f:size': {} } };

function live(managedFields: readonly Json[], fields: JsonObject = { size: 1 }): JsonObject {
  return shop(fields, { uid: 'u', managedFields });
}

const brief = (entries: readonly JsonObject[] | undefined): Json =>
  entries?.map((one) => [one['manager'] ?? null, one['fieldsV1'] ?? null]) ?? null;

describe('managed fields after an update', () => {
  it('give a new object to its creator, but for names and what the server writes', async () => {
    const next = shop({ size: 1, selector: {} }, { uid: 'u', generation: 1, labels: { a: 'b' } });
    expect(await updateManagedFields(type, { live: type.empty, next, manager: 'maker', now })).toEqual([
      entry(
        'maker',
        { 'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } }, 'f:spec': { '.': {}, 'f:selector': {}, 'f:size': {} } },
        { time: now },
      ),
    ]);
  });

  it('name a sub-resource, and leave out what it takes back', async () => {
    const next = { ...live([entry('a', SIZE)], { size: 5 }), status: { phase: 'New' } };
    const entries = await updateManagedFields(shopType('status'), {
      live: live([entry('a', SIZE)]),
      next,
      manager: '',
      now,
    });
    expect(entries).toEqual([
      entry('a', SIZE),
      entry('unknown', { 'f:status': { '.': {}, 'f:phase': {} } }, { time: now, subresource: 'status' }),
    ]);
  });

  it('take what changes and what goes from its owners', async () => {
    const before = live([entry('a', { 'f:spec': { 'f:name': {}, 'f:size': {} } })], { size: 1, name: 'n' });
    const next = live([], { size: 2 });
    expect(brief(await updateManagedFields(type, { live: before, next, manager: 'b', now }))).toEqual([['b', SIZE]]);
  });

  it('stay without a new time where nothing changes', async () => {
    const next = shop({ size: 1 }, { uid: 'u' });
    expect(await updateManagedFields(type, { live: live([entry('a', SIZE)]), next, manager: 'a', now })).toEqual([
      entry('a', SIZE),
    ]);
  });

  it.each<[string, Json, Json]>([
    ['one empty entry wipes them', [{}], null],
    [
      'an empty list does not where the kind does not want it',
      [],
      [
        ['a', SIZE],
        ['b', { 'f:spec': { 'f:name': {} } }],
      ],
    ],
    [
      'entries that cannot be read are ignored',
      [{ manager: 'x', operation: 'Odd' }],
      [
        ['a', SIZE],
        ['b', { 'f:spec': { 'f:name': {} } }],
      ],
    ],
    [
      'entries by hand are kept',
      [entry('hand', SIZE)],
      [
        ['hand', SIZE],
        ['b', { 'f:spec': { 'f:name': {} } }],
      ],
    ],
    [
      'parts of unknown kinds are dropped',
      [entry('hand', { ...SIZE, 'z:1': {} })],
      [
        ['hand', SIZE],
        ['b', { 'f:spec': { 'f:name': {} } }],
      ],
    ],
  ])('%s', async (_name, managedFields, owners) => {
    const next = shop({ size: 1, name: 'n' }, { uid: 'u', managedFields });
    expect(brief(await updateManagedFields(type, { live: live([entry('a', SIZE)]), next, manager: 'b', now }))).toEqual(
      owners,
    );
  });

  it('are wiped by an empty list of a built-in kind, and not begun again', async () => {
    const builtIn = { ...type, emptyListResets: true };
    const wiped = { live: live([entry('a', SIZE)]), next: live([], { size: 2 }), manager: 'b', now };
    expect(await updateManagedFields(builtIn, wiped)).toBeUndefined();
    const later = { live: shop({ size: 2 }, { uid: 'u' }), next: shop({ size: 3 }, { uid: 'u' }), manager: 'b', now };
    expect(await updateManagedFields(builtIn, later)).toBeUndefined();
  });

  it('join the oldest updaters where there are more than ten', async () => {
    const names = Array.from({ length: 11 }, (_, at) => `k${at}`);
    const at = (second: number): string => `2025-01-01T00:00:${String(second).padStart(2, '0')}Z`;
    const own = (name: string): JsonObject => ({ 'f:spec': { 'f:selector': { [`f:${name}`]: {} } } });
    const selector = Object.fromEntries(names.map((name) => [name, '1']));
    const entries = names.slice(1).map((name, second) => entry(name, own(name), { time: at(second) }));
    const { k0: _, ...known } = selector;
    const update = { live: live(entries, { selector: known }), next: live([], { selector }), manager: 'k0', now };
    const after = await updateManagedFields(type, update);
    expect(after).toHaveLength(10);
    expect(after?.[0]).toEqual(
      entry('ancient-changes', { 'f:spec': { 'f:selector': { 'f:k1': {}, 'f:k2': {} } } }, { time: at(1) }),
    );
  });
});

describe('managed fields of other versions', () => {
  const old = entry('a', { 'f:spec': { 'f:count': {} } }, { apiVersion: 'example.com/v0' });
  const older = struct({ metadata: objectMetaSchema, spec: struct({ count: { kind: 'scalar' } }) });
  const convert = (object: JsonObject, apiVersion: string): { object: JsonObject; schema: typeof older } | undefined =>
    apiVersion === 'example.com/v0'
      ? {
          object: { ...object, apiVersion, spec: { count: (object['spec'] as JsonObject)['size'] ?? null } },
          schema: older,
        }
      : undefined;
  const change = { live: live([old]), next: live([old], { size: 2 }), manager: 'b', now };

  it('lose what changes there', async () => {
    expect(brief(await updateManagedFields({ ...type, convert }, change))).toEqual([['b', SIZE]]);
  });

  it('may be converted later', async () => {
    const later = {
      ...type,
      convert: (object: JsonObject, version: string) => Promise.resolve(convert(object, version)),
    };
    expect(brief(await updateManagedFields(later, change))).toEqual([['b', SIZE]]);
  });

  it('are dropped where the version is gone', async () => {
    expect(brief(await updateManagedFields(type, { ...change, next: live([old]) }))).toBeNull();
  });

  it('stay as they were where conversion fails', async () => {
    const failing = {
      ...type,
      convert: () => {
        throw badRequest('no conversion today');
      },
    };
    expect(await updateManagedFields(failing, change)).toEqual([old]);
  });

  it('own the whole of what became atomic', async () => {
    const parts = entry('a', { 'f:spec': { 'f:whole': { 'f:a': {}, 'f:b': {} }, 'f:words': { 'v:"x"': {} } } });
    const before = live([parts], { whole: { a: '1' }, words: ['x'] });
    const update = { live: before, next: before, manager: 'b', now };
    expect(brief(await updateManagedFields({ ...type, schema: shopSchema }, update))).toEqual([
      ['a', { 'f:spec': { 'f:whole': {}, 'f:words': {} } }],
    ]);
  });
});
