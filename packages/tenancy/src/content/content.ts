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

/** What there is in a logical cluster beside its LogicalCluster: what it serves, and what it once served. */
export async function presentKinds(
  store: Pick<ObjectReader, 'buckets'>,
  cluster: LogicalCluster,
  listStored: ListStored,
): Promise<readonly StoredKind[]> {
  const own = bucketPrefix(logicalClusters.bucket);
  const buckets = await store.buckets(cluster);
  const served = new Map<string, ServedResource>();
  for (const resource of listStored(cluster)) {
    const prefix = bucketPrefix(resource.bucket);
    if (resource.answer === undefined && !served.has(prefix)) served.set(prefix, resource);
  }
  return buckets.flatMap((bucket) => {
    const prefix = bucketPrefix(bucket);
    const resource = served.get(prefix);
    return prefix === own ? [] : [{ bucket, ...(resource && { served: resource }) }];
  });
}

/** Up to `limit` objects of some kinds in a logical cluster, in the order of the kinds. */
export function firstObjects(
  store: Pick<ObjectReader, 'page'>,
  cluster: LogicalCluster,
  { kinds, limit }: { readonly kinds: readonly StoredKind[]; readonly limit: number },
): readonly StoredObject[] {
  const found: StoredObject[] = [];
  for (const { bucket } of kinds) {
    if (found.length >= limit) break;
    found.push(...store.page({ bucket, cluster, limit: limit - found.length }).objects);
  }
  return found;
}

/** True for two names of the same place in the store. */
export function isIn({ bucket }: StoredObject, other: Bucket): boolean {
  return bucket.resource === other.resource && bucket.group === other.group;
}
