import { unlessOvertaken } from '@kcp/apiserver';
import type { ServedResource } from '@kcp/apiserver';
import { formatGroupResource } from '@kcp/api-machinery';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { StoredObject } from '@kcp/object-store';
import { bucketPrefix } from '@kcp/object-store';
import type { ReconcileDeps } from './deps.ts';

/** So many objects are read and deleted at a time. */
const BATCH = 100;
/** So many batches of one resource in one go; the rest has to wait until other keys had their turn. */
const MOST_BATCHES = 20;

/** A namespace of a logical cluster. */
export interface NamespacePlace {
  readonly cluster: LogicalCluster;
  readonly namespace: string;
}

/** What is left in a namespace: how many objects by resource, how many of them wait for which finalizer. */
export interface RemainingContent {
  readonly byResource: ReadonlyMap<string, number>;
  readonly byFinalizer: ReadonlyMap<string, number>;
  /** What could not be deleted, and why. */
  readonly failures: readonly string[];
}

/** One resource for each bucket: two groups may show the same objects. */
function distinct(resources: readonly ServedResource[]): readonly ServedResource[] {
  const byBucket = new Map<string, ServedResource>();
  for (const resource of resources) {
    const isContent = resource.namespaced && resource.answer === undefined && resource.verbs.includes('delete');
    const prefix = bucketPrefix(resource.bucket);
    if (isContent && !byBucket.has(prefix)) byBucket.set(prefix, resource);
  }
  return [...byBucket.values()];
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

async function removeBatch(
  deps: ReconcileDeps,
  resource: ServedResource,
  objects: readonly StoredObject[],
  signal: AbortSignal,
): Promise<void> {
  for (const { key, isTerminating } of objects) {
    if (signal.aborted) return;
    if (!isTerminating) await unlessOvertaken(deps.writer.remove({ ...key, resource: resource.gvr }));
  }
}

/** Deletes the objects of one resource; gives those that stay. */
async function removeAll(
  deps: ReconcileDeps,
  resource: ServedResource,
  place: NamespacePlace,
  signal: AbortSignal,
): Promise<readonly StoredObject[]> {
  const { bucket } = resource;
  const left: StoredObject[] = [];
  let after: string | undefined;
  for (let batch = 0; batch < MOST_BATCHES && !signal.aborted; batch++) {
    const where = { ...place, bucket, limit: BATCH, ...(after !== undefined && { after }) };
    const page = deps.store.page(where);
    await removeBatch(deps, resource, page.objects, signal);
    for (const { key } of page.objects) {
      const current = deps.store.get(bucket, key);
      if (current !== undefined) left.push(current);
    }
    if (page.next === undefined) return left;
    after = page.next;
  }
  return [...left, ...deps.store.page({ ...place, bucket, limit: 1, ...(after !== undefined && { after }) }).objects];
}

/** Deletes all that is in a namespace, resource by resource, in batches; says what is left. */
export async function removeContent(
  deps: ReconcileDeps,
  resources: readonly ServedResource[],
  place: NamespacePlace,
  signal: AbortSignal,
): Promise<RemainingContent> {
  const byResource = new Map<string, number>();
  const byFinalizer = new Map<string, number>();
  const failures: string[] = [];
  for (const resource of distinct(resources)) {
    try {
      const left = await removeAll(deps, resource, place, signal);
      if (left.length > 0) byResource.set(`${resource.gvr.resource}.${resource.gvr.group}`, left.length);
      for (const stored of left) {
        for (const finalizer of stored.decode().metadata.finalizers ?? []) count(byFinalizer, finalizer);
      }
    } catch (error) {
      failures.push(`${formatGroupResource(resource.gvr)}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { byResource, byFinalizer, failures };
}
