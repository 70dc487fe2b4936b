import type { KubeObject } from '@kcp/api-machinery';
import type { Clock } from '@kcp/controller';
import { FakeClock } from '@kcp/controller/testing';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Backend } from '@kcp/storage';
import { openLmdbStore, openMemoryStore } from '@kcp/storage';
import { silentLogger, silentMeter } from '@kcp/telemetry';
import type { Bucket, ObjectKey } from '../keys.ts';
import type { ObjectChange, ObjectIndex, ObjectWriter, StoredObject, WatchListener } from '../object-store.ts';
import { openObjectStore, type OpenObjectStore } from '../open-object-store.ts';

export const configMaps: Bucket = { group: '', resource: 'configmaps' };
export const widgets: Bucket = { group: 'example.com', resource: 'widgets', identity: 'abc' };
export const everywhere = { kind: 'wildcard' } as const;

/** A store and what it is made of. */
export interface TestStore {
  readonly backend: Backend;
  readonly store: OpenObjectStore;
}

/** What a test may want otherwise. */
export interface TestStoreOptions {
  readonly clock?: Clock;
  readonly indexes?: readonly ObjectIndex[];
}

/** A store in memory whose clock stands still and whose objects are frozen. */
export async function openTestStore({
  clock = new FakeClock(),
  indexes = [],
}: TestStoreOptions = {}): Promise<TestStore> {
  return over(await openMemoryStore(), { clock, indexes });
}

/** The same in a folder, with every commit on disk before it is seen. */
export async function openTestStoreAt(folder: string, clock: Clock = new FakeClock()): Promise<TestStore> {
  return over(await openLmdbStore({ folder, logger: silentLogger }), { clock, indexes: [] });
}

function over(backend: Backend, { clock, indexes }: Required<TestStoreOptions>): TestStore {
  const store = openObjectStore({
    backend,
    clock,
    indexes,
    logger: silentLogger,
    meter: silentMeter,
    freezesObjects: true,
  });
  return { backend, store };
}

export function keyOf(cluster: string, namespace: string, name: string): ObjectKey {
  return { cluster: cluster as LogicalCluster, namespace, name };
}

export function configMap(key: ObjectKey, data: Readonly<Record<string, string>> = {}): KubeObject {
  const metadata = { name: key.name, ...(key.namespace !== '' && { namespace: key.namespace }) };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
}

/** Writes an object, whatever is there. */
export async function put(store: ObjectWriter, bucket: Bucket, key: ObjectKey, value = ''): Promise<StoredObject> {
  const current = store.get(bucket, key);
  const write = { bucket, key, object: configMap(key, { value }), fingerprint: 'v1' };
  const outcome = await store.commit([
    current === undefined ? { kind: 'create', ...write } : { kind: 'update', ...write, expected: current.revision },
  ]);
  if (outcome.kind === 'refused' || outcome.objects[0] === undefined) throw new Error('refused');
  return outcome.objects[0];
}

/** Deletes what is there. */
export async function remove(store: ObjectWriter, bucket: Bucket, key: ObjectKey): Promise<StoredObject> {
  const outcome = await store.commit([
    { kind: 'delete', bucket, key, expected: store.get(bucket, key)?.revision ?? -1 },
  ]);
  if (outcome.kind === 'refused' || outcome.objects[0] === undefined) throw new Error('refused');
  return outcome.objects[0];
}

/** A listener that writes down what it is told. */
export class Recorder implements WatchListener {
  readonly changes: ObjectChange[] = [];
  readonly progresses: number[] = [];
  readonly errors: Error[] = [];

  event(change: ObjectChange): void {
    this.changes.push(change);
  }

  progress(revision: number): void {
    this.progresses.push(revision);
  }

  lost(error: Error): void {
    this.errors.push(error);
  }

  /** `put a@3`, `delete a@4`, … */
  get told(): readonly string[] {
    return this.changes.map(({ kind, object }) => `${kind} ${object.key.name}@${object.revision}`);
  }
}
