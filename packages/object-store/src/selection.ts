import type { Revision } from '@kcp/storage';
import type { Bucket, ObjectKey } from './keys.ts';
import { bucketPrefix, clusterPrefix, isInternal, objectKeyOf } from './keys.ts';
import type { Selection, WatchOptions } from './object-store.ts';

/** What a watcher watches: a selection of one bucket, or (no bucket) all objects there are. */
export type Watched = WatchOptions | { readonly bucket?: undefined; readonly after: Revision };

/** The prefix under which a watcher's past is read; it may hold more than is watched (`isWatched`). */
export function watchedPrefix(watched: Watched): string {
  return watched.bucket === undefined ? '/' : selectionPrefix(watched);
}

/** The scope whose newest revision tells whether there is anything new; undefined: any write may be. */
export function watchedScope(watched: Watched): string | undefined {
  return watched.bucket === undefined ? undefined : scopePrefix(watched);
}

/** Whether a row under the prefix is watched. */
export function isWatched(watched: Watched, storageKey: string): boolean {
  if (watched.bucket === undefined) return !isInternal(storageKey);
  return !needsFilter(watched) || isSelected(watched, objectKeyOf(storageKey));
}

/** What stands for all logical clusters in the address of a watch; no logical cluster has that name. */
const ANY_CLUSTER = '*';

/** The prefix of storage keys that a list or watch reads under; it may hold more than is selected (`isSelected`). */
export function selectionPrefix({ bucket, cluster, namespace = '' }: Selection): string {
  return typeof cluster === 'string' ? clusterPrefix(bucket, cluster, namespace) : bucketPrefix(bucket);
}

/** The prefix of all objects of a resource in a logical cluster or anywhere: what a generation is asked for. */
export function scopePrefix({ bucket, cluster }: Pick<Selection, 'bucket' | 'cluster'>): string {
  return typeof cluster === 'string' ? clusterPrefix(bucket, cluster) : bucketPrefix(bucket);
}

/** True where the prefix alone does not select: one namespace in all logical clusters, or one name. */
export function needsFilter({
  cluster,
  namespace = '',
  name = '',
}: Pick<WatchOptions, 'cluster' | 'namespace' | 'name'>): boolean {
  return name !== '' || (namespace !== '' && typeof cluster !== 'string');
}

/** Whether an object under the selection's prefix is meant. */
export function isSelected(
  { namespace = '', name = '' }: Pick<WatchOptions, 'namespace' | 'name'>,
  key: ObjectKey,
): boolean {
  return (namespace === '' || namespace === key.namespace) && (name === '' || name === key.name);
}

/** Under which text a watch is found among those of its bucket. */
export function watchAddress({
  cluster,
  namespace = '',
  name = '',
}: Pick<WatchOptions, 'cluster' | 'namespace' | 'name'>): string {
  return `${typeof cluster === 'string' ? cluster : ANY_CLUSTER}/${namespace}/${name}`;
}

/** All addresses of watches that a change of this object concerns. */
export function addressesOf({ cluster, namespace, name }: ObjectKey): readonly string[] {
  const addresses: string[] = [];
  for (const scope of [cluster, ANY_CLUSTER]) {
    addresses.push(`${scope}//`, `${scope}//${name}`);
    if (namespace !== '') addresses.push(`${scope}/${namespace}/`, `${scope}/${namespace}/${name}`);
  }
  return addresses;
}

/** Equal for equal buckets only. */
export function sameBucket(a: Bucket, b: Bucket): boolean {
  return a.group === b.group && a.resource === b.resource && a.identity === b.identity;
}
