import { ApiError } from '@kcp/api-machinery';
import type { InProcessWriter, ServedResource } from '@kcp/apiserver';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader, StoredObject } from '@kcp/object-store';

/** Objects that are deleted at once: their writes share commits. */
const BATCH = 100;

/** Which objects are to go. */
export interface InstancesToDelete {
  /** The resource in the version that is stored, whether it is served or not. */
  readonly resource: ServedResource;
  readonly cluster: LogicalCluster;
}

/** How a deletion stands: whether the end of the list was reached, and how many objects are still there. */
export interface DeletionProgress {
  /** Where the next call goes on; undefined at the end. */
  readonly next: string | undefined;
  /** Objects of this batch that are still there, because a finalizer holds them or because they changed meanwhile. */
  readonly held: number;
}

/** Deletes one batch of all objects of a resource in a logical cluster: those that finalizers hold are marked, the others go. */
export type DeleteInstances = (what: InstancesToDelete, after: string | undefined) => Promise<DeletionProgress>;

/** Deletes through the write path, as a client's delete does. What is held by a finalizer and marked already is left alone. */
export function deleteInstancesWith(store: ObjectReader, writer: InProcessWriter): DeleteInstances {
  return async ({ resource, cluster }, after) => {
    const { bucket } = resource;
    const page = store.page({ bucket, cluster, limit: BATCH, ...(after !== undefined && { after }) });
    const gone = await Promise.all(page.objects.map((stored) => remove(writer, resource, stored)));
    return { next: page.next, held: gone.filter((isGone) => !isGone).length };
  };
}

/** True where nothing is left of the object. */
async function remove(writer: InProcessWriter, served: ServedResource, stored: StoredObject): Promise<boolean> {
  if (stored.hasFinalizers && stored.isTerminating) return false;
  try {
    await writer.remove({ ...stored.key, resource: served.gvr, served });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.reason === 'NotFound') return true;
    if (error.reason === 'Conflict') return false;
    throw error;
  }
  return !stored.hasFinalizers;
}
