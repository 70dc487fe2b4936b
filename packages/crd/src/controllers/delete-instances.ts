import type { KubeObject } from '@kcp/api-machinery';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Bucket, ObjectWrite, ObjectWriter, StoredObject } from '@kcp/object-store';

/** Objects that one commit deletes or marks: what a transaction of every backend can hold. */
const BATCH = 100;

/** Which objects are to go. */
export interface InstancesToDelete {
  readonly bucket: Bucket;
  readonly cluster: LogicalCluster;
  /** The time of the deletion, RFC 3339 with seconds. */
  readonly now: string;
}

/** How a deletion stands: whether the end of the list was reached, and how many finalizers hold. */
export interface DeletionProgress {
  /** Where the next call goes on; undefined at the end. */
  readonly next: string | undefined;
  /** Objects of this batch that are still there. */
  readonly held: number;
}

/** Deletes one batch of all objects of a resource in a logical cluster: those that finalizers hold are marked, the others go. */
export type DeleteInstances = (what: InstancesToDelete, after: string | undefined) => Promise<DeletionProgress>;

/**
 * Deletes straight in the store. Each object has its own event; one that changed meanwhile is left for the next round.
 */
export function deleteInstancesInStore(store: ObjectWriter): DeleteInstances {
  return async ({ bucket, cluster, now }, after) => {
    const page = store.page({ bucket, cluster, limit: BATCH, ...(after !== undefined && { after }) });
    const writes = page.objects.flatMap((stored) => writeFor(stored, now) ?? []);
    const outcome = writes.length === 0 ? undefined : await store.commit(writes);
    const refused = outcome?.kind === 'refused';
    const held = refused ? page.objects.length : page.objects.filter(({ hasFinalizers }) => hasFinalizers).length;
    return { next: page.next, held };
  };
}

function writeFor(stored: StoredObject, now: string): ObjectWrite | undefined {
  const { bucket, key, revision: expected, fingerprint } = stored;
  if (!stored.hasFinalizers) return { kind: 'delete', bucket, key, expected };
  if (stored.isTerminating) return undefined;
  return { kind: 'update', bucket, key, object: marked(stored.decode(), now), fingerprint, expected };
}

function marked(object: KubeObject, now: string): KubeObject {
  const { metadata } = object;
  const generation = metadata.generation === undefined ? {} : { generation: metadata.generation + 1 };
  return { ...object, metadata: { ...metadata, ...generation, deletionTimestamp: now, deletionGracePeriodSeconds: 0 } };
}
