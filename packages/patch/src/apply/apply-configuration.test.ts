import { describe, expect, it } from '@jest/globals';
import { ApiError, isObject } from '@kcp/api-machinery';
import type { Json, JsonObject } from '@kcp/api-machinery';
import { applyConfiguration, keepTimesIfUnchanged } from './apply-configuration.ts';
import type { Applied, ApplyRequest } from './apply-configuration.ts';
import { conflictError } from './conflict.ts';
import { shop, shopType } from './fixtures/shop-type.ts';
import { updateManagedFields } from './update-managed-fields.ts';

const type = shopType();

/** A shop that is applied to and patched, one write a second. */
class Store {
  live: JsonObject = type.empty;
  #second = 0;

  #now(): string {
    this.#second++;
    return `2026-01-01T00:00:${String(this.#second).padStart(2, '0')}Z`;
  }

  async apply(manager: string, applied: JsonObject, options: Partial<ApplyRequest> = {}): Promise<Applied> {
    const outcome = await applyConfiguration(type, {
      live: this.live,
      applied,
      manager,
      force: false,
      now: this.#now(),
      ...options,
    });
    if (outcome.kind === 'applied') this.#keep(outcome.object, outcome.managedFields);
    return outcome;
  }

  async update(manager: string, next: JsonObject): Promise<void> {
    this.#keep(next, await updateManagedFields(type, { live: this.live, next, manager, now: this.#now() }));
  }

  #keep(object: JsonObject, managedFields: readonly JsonObject[] | undefined): void {
    const { managedFields: _, ...metadata } = isObject(object['metadata']) ? object['metadata'] : {};
    const owned = managedFields === undefined ? metadata : { ...metadata, managedFields };
    this.live = { ...object, metadata: { ...owned, uid: 'u' } };
  }

  get metadata(): JsonObject {
    return isObject(this.live['metadata']) ? this.live['metadata'] : {};
  }

  get owners(): Json {
    const entries = this.metadata['managedFields'];
    const owners = (Array.isArray(entries) ? entries : []) as readonly JsonObject[];
    return owners.map((entry) => [entry['operation'] ?? null, entry['manager'] ?? null, entry['fieldsV1'] ?? null]);
  }
}

function refused(outcome: Applied): { message: string; fields: unknown } {
  if (outcome.kind === 'applied') throw new Error('it was applied');
  const { code, reason, message, details } = conflictError(outcome.conflicts);
  expect({ code, reason }).toEqual({ code: 409, reason: 'Conflict' });
  return { message, fields: details?.causes?.map(({ field }) => field) };
}

async function failure(attempt: Promise<unknown>): Promise<{ code: number; message: string }> {
  const error = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ApiError)) throw new Error('it did not fail', { cause: error });
  return { code: error.code, message: error.message };
}

describe('applying a configuration', () => {
  it('creates what is not there', async () => {
    const store = new Store();
    await store.apply('one', shop({ size: 1, ports: [{ port: 80 }] }));
    expect(store.live['spec']).toEqual({ size: 1, ports: [{ port: 80 }] });
    expect(store.metadata['managedFields']).toEqual([
      {
        manager: 'one',
        operation: 'Apply',
        apiVersion: 'example.com/v1',
        time: '2026-01-01T00:00:01Z',
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:spec': {
            'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } },
            'f:size': {},
          },
        },
      },
    ]);
  });

  it('shares equal values and refuses others in the name of their owners', async () => {
    const store = new Store();
    await store.apply('one', shop({ size: 1, selector: { x: '1' } }));
    await store.apply('two', shop({ size: 1 }));
    expect(refused(await store.apply('three', shop({ size: 2 })))).toEqual({
      message:
        'Apply failed with 2 conflicts: conflicts with "one":\n- .spec.size\nconflicts with "two":\n- .spec.size',
      fields: ['.spec.size', '.spec.size'],
    });
    await store.update('edit', { ...store.live, spec: { size: 3, selector: { x: '1' } } });
    expect(refused(await store.apply('one', shop({ size: 1 })))).toEqual({
      message: 'Apply failed with 1 conflict: conflict with "edit" using example.com/v1: .spec.size',
      fields: ['.spec.size'],
    });
    await store.apply('one', shop({ size: 1 }), { force: true });
    expect(store.live['spec']).toEqual({ size: 1 });
    expect(store.owners).toEqual([['Apply', 'one', { 'f:spec': { 'f:size': {} } }]]);
  });

  it('names items of lists by their keys', async () => {
    const store = new Store();
    await store.apply(
      'one',
      shop({
        ports: [
          { port: 80, label: 'web' },
          { port: 443, label: 'tls' },
        ],
        tags: ['t'],
      }),
    );
    const { fields } = refused(
      await store.apply(
        'two',
        shop({
          ports: [
            { port: 443, label: 'x' },
            { port: 80, protocol: 'TCP', label: 'y' },
          ],
        }),
      ),
    );
    expect(fields).toEqual(['.spec.ports[port=80,protocol="TCP"].label', '.spec.ports[port=443,protocol="TCP"].label']);
  });

  it('removes what its manager gives up, unless another owns it', async () => {
    const store = new Store();
    await store.apply(
      'one',
      shop({ size: 1, name: 'n', selector: { x: '1', y: '2' }, tags: ['a', 'b'], words: ['w'] }),
    );
    await store.apply('two', shop({ name: 'n', tags: ['b', 'c'] }));
    await store.apply('one', shop({ size: 1, selector: { y: '2' } }));
    expect(store.live['spec']).toEqual({ size: 1, name: 'n', selector: { y: '2' }, tags: ['b', 'c'] });
  });

  it('leaves what an update added beside it; an item of a list goes with whoever named it', async () => {
    const store = new Store();
    await store.apply('one', shop({ selector: { x: '1' }, ports: [{ port: 80 }] }));
    const ports = [{ port: 80, label: 'web' }, { port: 81 }];
    await store.update('edit', { ...store.live, spec: { selector: { x: '1', y: '2' }, ports } });
    await store.apply('one', shop({}));
    expect(store.live['spec']).toEqual({ selector: { y: '2' }, ports: [{ port: 81 }] });
  });

  it('lays items in the order of the configuration', async () => {
    const store = new Store();
    await store.apply('one', shop({ tags: ['a', 'b', 'c', 'd'] }));
    await store.apply('two', shop({ tags: ['d', 'x', 'b'] }));
    expect(store.live['spec']).toEqual({ tags: ['a', 'c', 'd', 'x', 'b'] });
  });

  it('replaces what is owned as a whole', async () => {
    const store = new Store();
    await store.apply('one', shop({ whole: { a: '1' }, words: ['x', 'x'] }));
    expect(refused(await store.apply('two', shop({ whole: { b: '2' }, words: ['y'] }))).fields).toEqual([
      '.spec.whole',
      '.spec.words',
    ]);
    await store.apply('two', shop({ whole: { b: '2' } }), { force: true });
    expect(store.live['spec']).toEqual({ whole: { b: '2' }, words: ['x', 'x'] });
  });

  it('keeps the time of an entry, or has none, where nothing but owners changes', async () => {
    const store = new Store();
    await store.apply('one', shop({ size: 1 }));
    await store.apply('one', shop({ size: 1 }));
    await store.apply('two', shop({ size: 1 }));
    expect(store.metadata['managedFields']).toMatchObject([
      { manager: 'two' },
      { manager: 'one', time: '2026-01-01T00:00:01Z' },
    ]);
    expect(store.metadata['managedFields']).not.toHaveProperty(['0', 'time']);
  });

  it('gives what nobody owned to before-first-apply', async () => {
    const store = new Store();
    store.live = shop({ size: 1 }, { uid: 'u', labels: { l: '1' } });
    await store.apply('one', shop({ name: 'n' }));
    expect(store.owners).toEqual([
      ['Apply', 'one', { 'f:spec': { 'f:name': {} } }],
      [
        'Update',
        'before-first-apply',
        { 'f:metadata': { 'f:labels': { '.': {}, 'f:l': {} } }, 'f:spec': { '.': {}, 'f:size': {} } },
      ],
    ]);
    expect(refused(await store.apply('one', shop({ size: 2 }))).fields).toEqual(['.spec.size']);
  });

  it('owns nothing that the endpoint takes back', async () => {
    const store = new Store();
    await store.apply('one', { ...shop({ size: 1 }), status: { phase: 'New' } });
    expect(store.owners).toEqual([['Apply', 'one', { 'f:spec': { 'f:size': {} } }]]);
  });

  it('is refused where the configuration does not fit', async () => {
    const store = new Store();
    const why = 'failed to create typed patch object (/a; example.com/v1, Kind=Shop): ';
    const faults: readonly (readonly [JsonObject, string])[] = [
      [{ bogus: 1 }, '.spec.bogus: field not declared in schema'],
      [{ size: '1' }, '.spec.size: expected numeric (int or float), got string'],
      [{ name: 5 }, '.spec.name: expected string, got &value.valueUnstructured{Value:5}'],
      [{ open: 'yes' }, '.spec.open: expected boolean, got &{yes}'],
      [{ selector: ['a'] }, '.spec.selector: expected map, got &{[a]}'],
      [{ words: { a: 1 } }, '.spec.words: expected list, got &{map[a:1]}'],
      [{ tags: ['x', 'x'] }, '.spec.tags: duplicate entries for key [="x"]'],
      [
        { ports: [{ port: 1 }, { port: 1, protocol: 'TCP' }] },
        '.spec.ports: duplicate entries for key [port=1,protocol="TCP"]',
      ],
      [{ ports: [5] }, '.spec.ports: element 0: associative list with keys may not have non-map elements'],
      [{ tags: [null] }, ".spec.tags: element 0: associative list without keys has an element that's an explicit null"],
    ];
    for (const [fields, fault] of faults) {
      expect(await failure(store.apply('one', shop(fields)))).toEqual({ code: 500, message: why + fault });
    }
    expect(await failure(store.apply('one', shop({ size: '1', name: 2 })))).toEqual({
      code: 500,
      message: `${why}errors:\n  .spec.size: expected numeric (int or float), got string\n  .spec.name: expected string, got &value.valueUnstructured{Value:2}`,
    });
  });

  it('is refused where it is of another kind or brings managed fields', async () => {
    const store = new Store();
    expect(await failure(store.apply('one', { ...shop({}), kind: 'Shed' }))).toEqual({
      code: 400,
      message: 'invalid object type: example.com/v1, Kind=Shed',
    });
    expect(await failure(store.apply('one', { ...shop({}), apiVersion: 'v1' }))).toMatchObject({
      message: 'invalid object type: /v1, Kind=Shop',
    });
    expect(await failure(store.apply('one', shop({}, { managedFields: [] })))).toEqual({
      code: 400,
      message: 'metadata.managedFields must be nil',
    });
  });
});

describe('kubectl after client-side apply', () => {
  const LAST = 'kubectl.kubernetes.io/last-applied-configuration';
  const clientSide = async (last: JsonObject, fields: JsonObject): Promise<Store> => {
    const store = new Store();
    const annotations = { [LAST]: JSON.stringify(last) };
    await store.update('kubectl-client-side-apply', shop(fields, { annotations }));
    return store;
  };

  it('changes what its annotation holds, which follows', async () => {
    const store = await clientSide(shop({ size: 1, name: 'n' }), { size: 1, name: 'n' });
    await store.apply('kubectl', shop({ size: 2, name: '<n>' }));
    expect(store.live['spec']).toEqual({ size: 2, name: '<n>' });
    expect(store.metadata['annotations']).toEqual({
      [LAST]:
        '{"apiVersion":"example.com/v1","kind":"Shop","metadata":{"name":"a"},"spec":{"name":"\\u003cn\\u003e","size":2}}\n',
    });
  });

  it.each<[string, JsonObject]>([
    ['has another value', shop({ size: 7 })],
    ['does not hold the field', shop({ name: 'n' })],
    ['is of another version', { ...shop({ size: 1 }), apiVersion: 'example.com/v0' }],
  ])('conflicts where the annotation %s', async (_why, last) => {
    const store = await clientSide(last, { size: 1, name: 'n' });
    expect(refused(await store.apply('kubectl', shop({ size: 2 }))).fields).toEqual(['.spec.size']);
  });

  it('is told of the fields that it may not take, and nobody else may take any', async () => {
    const store = await clientSide(shop({ size: 1, name: 'other' }), { size: 1, name: 'n' });
    expect(refused(await store.apply('kubectl', shop({ size: 2, name: 'x' }))).fields).toEqual(['.spec.name']);
    expect(refused(await store.apply('helm', shop({ size: 2, name: 'x' }))).fields).toEqual([
      '.spec.name',
      '.spec.size',
    ]);
  });

  it('drops an annotation that would be too large', async () => {
    const store = await clientSide(shop({ name: 'n' }), { name: 'n' });
    await store.apply('kubectl', shop({ name: 'n'.repeat(300_000) }));
    expect(store.metadata['annotations']).toEqual({});
  });
});

describe('an object that differs in nothing but times of managed fields', () => {
  const entry = (time: string, fieldsV1: JsonObject = {}): JsonObject => ({
    manager: 'm',
    operation: 'Apply',
    time,
    fieldsV1,
  });
  const live = shop({ size: 1 }, { managedFields: [entry('2026-01-01T00:00:00Z')] });

  it('keeps the times that it had', () => {
    expect(keepTimesIfUnchanged(shop({ size: 1 }, { managedFields: [entry('2026-02-02T00:00:00Z')] }), live)).toEqual(
      live,
    );
  });

  it.each<[string, JsonObject]>([
    ['another value', shop({ size: 2 }, { managedFields: [entry('2026-02-02T00:00:00Z')] })],
    ['other fields', shop({ size: 1 }, { managedFields: [entry('2026-02-02T00:00:00Z', { 'f:x': {} })] })],
    ['no entries', shop({ size: 1 })],
  ])('is left as it is with %s', (_what, next) => {
    expect(keepTimesIfUnchanged(next, live)).toBe(next);
  });
});

describe('an apply of very many fields', () => {
  it('lets others have their turn between its steps, and comes to the same', async () => {
    const [all, without] = [new Store(), new Store()];
    let asked = 0;
    const breathe = (): Promise<void> => {
      asked += 1;
      return new Promise((resolve) => setImmediate(resolve));
    };
    for (const tags of [['a', 'b'], ['b']]) {
      const applied = shop({ tags });
      expect(await all.apply('me', applied, { breathe })).toEqual(await without.apply('me', applied));
    }
    expect(all.live).toEqual(without.live);
    expect(asked).toBeGreaterThan(10);
  });
});
