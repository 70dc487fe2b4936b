import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '@kcp/api-machinery';
import { StorageFullError } from '@kcp/storage';
import { silentLogger, silentMeter } from '@kcp/telemetry';
import { FakeClock } from '@kcp/controller/testing';
import type { ObjectWrite } from './object-store.ts';
import { openObjectStore } from './open-object-store.ts';
import {
  configMap,
  configMaps,
  everywhere,
  keyOf,
  openTestStore,
  put,
  Recorder,
  remove,
  widgets,
} from './testing/fixture.ts';

const a = keyOf('root', 'n', 'a');
const b = keyOf('root', 'n', 'b');

function create(key: typeof a, data: Record<string, string> = {}): ObjectWrite {
  return { kind: 'create', bucket: configMaps, key, object: configMap(key, data), fingerprint: 'v1' };
}

function update(key: typeof a, expected: number): ObjectWrite {
  return {
    kind: 'update',
    bucket: configMaps,
    key,
    object: configMap(key, { new: 'yes' }),
    fingerprint: 'v2',
    expected,
  };
}

describe('a commit', () => {
  it('gives what it wrote, each with its own revision', async () => {
    const { store } = await openTestStore();
    const outcome = await store.commit([create(a), create(b)]);
    expect(outcome).toMatchObject({
      kind: 'committed',
      objects: [
        { key: a, revision: 1 },
        { key: b, revision: 2 },
      ],
    });
    expect(store.get(configMaps, b)?.decode()).toEqual({
      ...configMap(b),
      metadata: { name: 'b', namespace: 'n', resourceVersion: '2', annotations: { 'kcp.io/cluster': 'root' } },
    });
  });

  it('refuses a create of what is there and an update of what changed, with what is there', async () => {
    const { store } = await openTestStore();
    await store.commit([create(a)]);
    const refusedCreate = await store.commit([create(b), create(a)]);
    expect(refusedCreate).toMatchObject({ kind: 'refused', bucket: configMaps, key: a, current: { revision: 1 } });
    expect(store.get(configMaps, b)).toBeUndefined();
    expect(await store.commit([update(a, 1)])).toMatchObject({
      kind: 'committed',
      objects: [{ revision: 2, fingerprint: 'v2' }],
    });
    expect(await store.commit([update(a, 1)])).toMatchObject({ kind: 'refused', current: { revision: 2 } });
    expect(await store.commit([update(b, 1)])).toMatchObject({ kind: 'refused', key: b, current: undefined });
    expect(await store.commit([{ kind: 'delete', bucket: configMaps, key: a, expected: 1 }])).toMatchObject({
      kind: 'refused',
    });
  });

  it('gives the last state of what it deleted, at the revision of the deletion', async () => {
    const { store } = await openTestStore();
    await put(store, configMaps, a, 'last');
    const gone = await remove(store, configMaps, a);
    expect(gone.decode()).toMatchObject({ metadata: { resourceVersion: '2' }, data: { value: 'last' } });
    expect(store.get(configMaps, a)).toBeUndefined();
    expect(store.get(configMaps, a, 1)?.decode()).toMatchObject({ metadata: { resourceVersion: '1' } });
  });

  it('happens only where its further conditions hold', async () => {
    const { store } = await openTestStore();
    const namespace = keyOf('root', '', 'n');
    const inNamespace = { bucket: widgets, key: namespace };
    expect(await store.commit([create(a)], [inNamespace])).toMatchObject({
      kind: 'refused',
      ...inNamespace,
      current: undefined,
    });
    await put(store, widgets, namespace);
    expect(await store.commit([create(a)], [{ ...inNamespace, revision: 0 }])).toMatchObject({
      kind: 'refused',
      current: { revision: 1 },
    });
    expect(await store.commit([create(a)], [{ ...inNamespace, revision: 1 }])).toMatchObject({ kind: 'committed' });
    expect(await store.commit([create(b)], [inNamespace])).toMatchObject({ kind: 'committed' });
  });

  it('is 413 where it is too large', async () => {
    const { store } = await openTestStore();
    await expect(store.commit([create(a, { k: 'x'.repeat(4 * 1024 * 1024) })])).rejects.toMatchObject({
      reason: 'RequestEntityTooLarge',
      code: 413,
    });
  });

  it('is 507 where the disk is full', async () => {
    const { backend } = await openTestStore();
    const full = Object.assign(Object.create(backend) as typeof backend, {
      head: () => backend.head(),
      get: backend.get.bind(backend),
      subscribe: backend.subscribe.bind(backend),
      commit: () => Promise.reject(new StorageFullError('no space')),
    });
    const store = openObjectStore({ backend: full, clock: new FakeClock(), logger: silentLogger, meter: silentMeter });
    await expect(store.commit([create(a)])).rejects.toMatchObject({ reason: 'InsufficientStorage', code: 507 });
  });
});

describe('a sequel', () => {
  const sequel = (key: typeof a, object = configMap(key, { second: 'this' })) => ({
    bucket: configMaps,
    key,
    object,
    fingerprint: 'v1',
  });

  it('is what the object becomes in the same commit; watchers see both, the outcome tells the first', async () => {
    const { store } = await openTestStore();
    const recorder = new Recorder();
    using _ = store.watch({ bucket: configMaps, cluster: everywhere, after: 0 }, recorder);
    const outcome = await store.commit([create(a, { first: 'this' }), create(b)], [], [sequel(a)]);
    expect(outcome).toMatchObject({
      kind: 'committed',
      objects: [
        { key: a, revision: 1 },
        { key: b, revision: 2 },
      ],
    });
    expect(outcome.kind === 'committed' ? outcome.objects[0]?.decode()['data'] : {}).toEqual({ first: 'this' });
    expect([store.get(configMaps, a)?.revision, store.get(configMaps, a)?.decode()['data']]).toEqual([
      3,
      { second: 'this' },
    ]);
    expect(recorder.told).toEqual(['put a@1', 'put b@2', 'put a@3']);
    expect(recorder.changes[2]?.previous?.decode()['data']).toEqual({ first: 'this' });
    expect(await store.commit([update(a, 3)])).toMatchObject({ kind: 'committed' });
  });

  it('is left out where it changes what the object is found by', async () => {
    const byTone = { name: 'tones', bucket: configMaps, values: ({ data }: KubeObject) => [JSON.stringify(data)] };
    const { store } = await openTestStore({ indexes: [byTone] });
    await store.commit([create(a, { tone: 'c' })], [], [sequel(a)]);
    expect(store.get(configMaps, a)?.decode()['data']).toEqual({ tone: 'c' });
    const owned = configMap(b);
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u' };
    await store.commit(
      [create(b)],
      [],
      [sequel(b, { ...owned, metadata: { ...owned.metadata, ownerReferences: [owner] } })],
    );
    expect(store.get(configMaps, b)?.hasOwners).toBe(false);
  });

  it('of what the commit does not put is a mistake of who gives it', async () => {
    const { store } = await openTestStore();
    await expect(store.commit([create(a)], [], [sequel(b)])).rejects.toBeInstanceOf(TypeError);
    expect(store.get(configMaps, a)).toBeUndefined();
  });
});
