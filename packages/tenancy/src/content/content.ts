import type { ServedResource } from '@kcp/apiserver';
import { bucketPrefix, type Bucket, type ObjectReader, type StoredObject } from '@kcp/object-store';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { logicalClusters } from '../buckets.ts';

/** What there may be in a logical cluster: the stored kinds that it serves, one for each place in the store. */
export type ListStored = (cluster: LogicalCluster) => readonly ServedResource[];

/** Objects of one kind in a logical cluster. */
export interface StoredKind {
  readonly bucket: Bucket;
  /** How they are served; absent where nothing serves them any more: their definition is gone, or moved. */
  readonly served?: ServedResource;
}

/** Where there is, or was, something in a logical cluster beside its LogicalCluster. */
export async function presentBuckets(
  store: Pick<ObjectReader, 'buckets'>,
  cluster: LogicalCluster,
): Promise<readonly Bucket[]> {
  const own = bucketPrefix(logicalClusters.bucket);
  return (await store.buckets(cluster)).filter((bucket) => bucketPrefix(bucket) !== own);
}

/** How what lies in some places of a logical cluster is served; in the order of the places. */
export function kindsOf(
  buckets: readonly Bucket[],
  cluster: LogicalCluster,
  listStored: ListStored,
): readonly StoredKind[] {
  const served = new Map<string, ServedResource>();
  for (const resource of listStored(cluster)) {
    const prefix = bucketPrefix(resource.bucket);
    if (resource.answer === undefined && !served.has(prefix)) served.set(prefix, resource);
  }
  return buckets.map((bucket) => {
    const resource = served.get(bucketPrefix(bucket));
    return { bucket, ...(resource && { served: resource }) };
  });
}

/** Up to `limit` objects of a logical cluster, in the order of the places. */
export function firstObjects(
  store: Pick<ObjectReader, 'page'>,
  cluster: LogicalCluster,
  { buckets, limit }: { readonly buckets: readonly Bucket[]; readonly limit: number },
): readonly StoredObject[] {
  const found: StoredObject[] = [];
  for (const bucket of buckets) {
    if (found.length >= limit) break;
    found.push(...store.page({ bucket, cluster, limit: limit - found.length }).objects);
  }
  return found;
}

/** True for two names of the same place in the store. */
export function isIn({ bucket }: StoredObject, other: Bucket): boolean {
  return bucket.resource === other.resource && bucket.group === other.group;
}
