import type { KubeObject } from '@kcp/api-machinery';
import type { ServedResource } from '@kcp/apiserver';
import type { Reconcile, ReconcileKey, Result } from '@kcp/controller';
import { again, done } from '@kcp/controller';
import { kinds } from '@kcp/apis';
import type { Bucket, FollowedChange, StoredObject } from '@kcp/object-store';
import { bucketPrefix } from '@kcp/object-store';
import type { ListResources, ReconcileDeps } from './deps.ts';
import { unlessOvertaken } from './deps.ts';

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';
const PAGE = 500;
const RETRY_MS = 1000;

/** The built-in resources that are stored in buckets of their own. */
export const storedBuckets: readonly Bucket[] = kinds
  .filter(({ group }) => !['authentication.k8s.io', 'authorization.k8s.io', 'events.k8s.io'].includes(group))
  .map(({ group, resource }) => ({ group, resource }));

/** What the treatment of dependents needs. */
export interface DependentsDeps extends ReconcileDeps {
  readonly resources: ListResources;
}

/** Objects that wait for the collector, by the finalizers that a delete's propagation policy left. */
export function waitingOwners({ kind, object }: FollowedChange): readonly ReconcileKey[] {
  if (kind === 'delete' || !object.isTerminating || !object.hasFinalizers) return [];
  const finalizers = object.decode().metadata.finalizers ?? [];
  const waits = finalizers.includes(ORPHAN) || finalizers.includes(FOREGROUND);
  return waits ? [{ ...object.key, bucket: object.bucket }] : [];
}

interface Dependent {
  readonly resource: ServedResource;
  readonly stored: StoredObject;
  readonly blocks: boolean;
}

/** All resources that are stored, each bucket once. */
function stored(resources: readonly ServedResource[]): readonly ServedResource[] {
  const kept = resources.filter((resource) => resource.answer === undefined);
  return [...new Map(kept.map((resource) => [bucketPrefix(resource.bucket), resource])).values()];
}

/** Objects that name an owner: in its namespace, or anywhere in the logical cluster where it has none. */
function dependentsOf(deps: DependentsDeps, key: ReconcileKey, uid: string): readonly Dependent[] {
  const { cluster, namespace } = key;
  const found: Dependent[] = [];
  for (const resource of stored(deps.resources(cluster))) {
    if (namespace !== '' && !resource.namespaced) continue;
    let after: string | undefined;
    do {
      const where = { bucket: resource.bucket, cluster, namespace, limit: PAGE, ...(after !== undefined && { after }) };
      const page = deps.store.page(where);
      for (const candidate of page.objects) {
        const owners = candidate.hasOwners ? (candidate.decode().metadata.ownerReferences ?? []) : [];
        const owner = owners.find((reference) => reference.uid === uid);
        if (owner) found.push({ resource, stored: candidate, blocks: owner.blockOwnerDeletion === true });
      }
      after = page.next;
    } while (after !== undefined);
  }
  return found;
}

function withoutOwner(object: KubeObject, uid: string): KubeObject {
  const { ownerReferences = [], ...metadata } = object.metadata;
  const kept = ownerReferences.filter((reference) => reference.uid !== uid);
  return { ...object, metadata: kept.length > 0 ? { ...metadata, ownerReferences: kept } : metadata };
}

function withoutFinalizer(object: KubeObject, finalizer: string): KubeObject {
  const { finalizers = [], ...metadata } = object.metadata;
  if (!finalizers.includes(finalizer)) return object;
  const kept = finalizers.filter((name) => name !== finalizer);
  return { ...object, metadata: kept.length > 0 ? { ...metadata, finalizers: kept } : metadata };
}

async function release(
  deps: DependentsDeps,
  key: ReconcileKey,
  resource: ServedResource,
  finalizer: string,
): Promise<Result> {
  const address = { ...key, resource: resource.gvr };
  await unlessOvertaken(deps.writer.update(address, (old) => withoutFinalizer(old, finalizer)));
  return done;
}

async function removeDependents(deps: DependentsDeps, dependents: readonly Dependent[]): Promise<boolean> {
  let blocked = false;
  for (const { resource, stored: dependent, blocks } of dependents) {
    const address = { ...dependent.key, resource: resource.gvr };
    if (!dependent.isTerminating) await unlessOvertaken(deps.writer.remove(address));
    blocked ||= blocks && deps.store.get(dependent.bucket, dependent.key) !== undefined;
  }
  return blocked;
}

/**
 * What the propagation policy of a delete asks for: `Orphan` takes the owner from its dependents, `Foreground` deletes them
 * and waits for those that block; then the object itself may go.
 */
export function dependentsBeforeOwners(deps: DependentsDeps): Reconcile {
  return async (key) => {
    const { bucket, cluster, namespace, name } = key;
    if (bucket === undefined) return done;
    const owner = deps.store.get(bucket, { cluster, namespace, name })?.decode();
    const finalizers = owner?.metadata.deletionTimestamp === undefined ? [] : (owner.metadata.finalizers ?? []);
    const policy = [ORPHAN, FOREGROUND].find((finalizer) => finalizers.includes(finalizer));
    const prefix = bucketPrefix(bucket);
    const resource = deps.resources(cluster).find((candidate) => bucketPrefix(candidate.bucket) === prefix);
    if (policy === undefined || resource === undefined) return done;
    const uid = owner?.metadata.uid ?? '';
    const dependents = dependentsOf(deps, key, uid);
    if (policy === FOREGROUND) {
      const isBlocked = await removeDependents(deps, dependents);
      return isBlocked ? again(RETRY_MS) : release(deps, key, resource, policy);
    }
    for (const dependent of dependents) {
      const address = { ...dependent.stored.key, resource: dependent.resource.gvr };
      await unlessOvertaken(deps.writer.update(address, (old) => withoutOwner(old, uid)));
    }
    return release(deps, key, resource, policy);
  };
}
