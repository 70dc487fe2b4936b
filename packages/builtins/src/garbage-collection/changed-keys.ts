import type { OwnerReference } from '@kcp/api-machinery';
import { equal } from '@kcp/api-machinery';
import type { ReconcileKey } from '@kcp/controller';
import type { Bucket, FollowedChange, ObjectReader, StoredObject } from '@kcp/object-store';
import { ownerBucket } from '@kcp/object-store';
import { waitOf } from './finalizers.ts';
import type { OwnerTask } from './owner-key.ts';
import { keyOfTask } from './owner-key.ts';
import { ownersOf } from './owner-references.ts';

const nothing: readonly ReconcileKey[] = [];

/** Events are neither owners nor owned: they go by themselves (garbagecollector.DefaultIgnoredResources). */
export function isIgnored({ group, resource }: Bucket): boolean {
  return resource === 'events' && (group === '' || group === 'events.k8s.io');
}

/**
 * What a change of any object may have made garbage, or let go. Called for every write of the server: what has no owners and
 * waits for nothing is passed by with a look at its header, and of deleted objects only those are parsed whose logical cluster
 * has owners at all.
 */
export function changedKeys(store: ObjectReader, { kind, object, previous }: FollowedChange): readonly ReconcileKey[] {
  if (isIgnored(object.bucket)) return nothing;
  if (kind === 'delete') return afterDeletion(store, object);
  const mayWait = object.isTerminating && object.hasFinalizers;
  if (!object.hasOwners && !mayWait && previous?.hasOwners !== true) return nothing;
  return afterWrite(object, previous);
}

function afterWrite(object: StoredObject, previous: StoredObject | undefined): readonly ReconcileKey[] {
  const keys: ReconcileKey[] = [];
  const before = previous === undefined ? [] : ownersOf(previous);
  const after = ownersOf(object);
  const isChanged = previous === undefined || !equal([...before], [...after]);
  const wait = waitOf(object);
  const beginsToWait = wait !== undefined && (previous === undefined || waitOf(previous) !== wait);
  if (beginsToWait || (isChanged && after.length > 0 && !object.isTerminating)) {
    keys.push({ ...object.key, bucket: object.bucket });
  }
  if (isChanged) keys.push(...noLongerBlocked(object, before, after));
  return keys;
}

function afterDeletion(store: ObjectReader, object: StoredObject): readonly ReconcileKey[] {
  const { cluster, namespace, name } = object.key;
  if (store.generation({ bucket: ownerBucket, cluster }) === 0) return nothing;
  const { apiVersion, kind, metadata } = object.decode();
  const uid = metadata.uid ?? '';
  const keys = noLongerBlocked(object, ownersOf(object), []);
  // whoever names it as an owner from now on has a change of its own
  if (uid === '' || store.dependants({ cluster, owner: uid, limit: 1 }).dependants.length === 0) return keys;
  return [...keys, ...taskKeys({ kind: 'gone', owner: { cluster, namespace, apiVersion, kind, name, uid } })];
}

/** The owners whose deletion this object held up and no longer does. */
function noLongerBlocked(
  { key: { cluster, namespace } }: StoredObject,
  before: readonly OwnerReference[],
  after: readonly OwnerReference[],
): readonly ReconcileKey[] {
  const keys: ReconcileKey[] = [];
  for (const { apiVersion, kind, name, uid, blockOwnerDeletion } of before) {
    if (blockOwnerDeletion !== true) continue;
    if (after.some((reference) => reference.uid === uid && reference.blockOwnerDeletion === true)) continue;
    keys.push(...taskKeys({ kind: 'waiting', owner: { cluster, namespace, apiVersion, kind, name, uid } }));
  }
  return keys;
}

function taskKeys(task: OwnerTask): readonly ReconcileKey[] {
  const key = keyOfTask(task);
  return key === undefined ? nothing : [key];
}
