import type { LogicalCluster } from '@kcp/logical-cluster';
import { parseName } from '@kcp/logical-cluster';

/**
 * Where the objects of a resource lie: its group and plural and, for bound APIs, the storage identity that keeps the APIs of
 * different providers apart. Built-in and custom resources of one name share a bucket only where they are the same resource.
 */
export interface Bucket {
  readonly group: string;
  readonly resource: string;
  readonly identity?: string;
}

/** The address of one object within a bucket. The namespace of a cluster-scoped object is the empty text. */
export interface ObjectKey {
  readonly cluster: LogicalCluster;
  readonly namespace: string;
  readonly name: string;
}

/** `/core/configmaps/`, `/example.com/widgets:<identity>/`: the prefix of all objects of a resource in all logical clusters. */
export function bucketPrefix(bucket: Bucket): string {
  const group = bucket.group === '' ? 'core' : bucket.group;
  const identity = bucket.identity === undefined ? '' : `:${bucket.identity}`;
  return `/${group}/${bucket.resource}${identity}/`;
}

/** The prefix of a resource's objects in one logical cluster, or in one namespace of it. */
export function clusterPrefix(bucket: Bucket, cluster: LogicalCluster, namespace = ''): string {
  const prefix = `${bucketPrefix(bucket)}${cluster}/`;
  return namespace === '' ? prefix : `${prefix}${namespace}/`;
}

/** The storage key of one object. */
export function storageKey(bucket: Bucket, key: ObjectKey): string {
  return clusterPrefix(bucket, key.cluster, key.namespace) + key.name;
}

/** The part of a storage key that names its bucket: equal to `bucketPrefix` of it. */
export function bucketPrefixOf(text: string): string {
  return text.slice(0, text.indexOf('/', text.indexOf('/', 1) + 1) + 1);
}

/** What `parseStorageKey` says of the object, for keys that are known to be well formed because this store wrote them. */
export function objectKeyOf(text: string): ObjectKey {
  const start = bucketPrefixOf(text).length;
  const first = text.indexOf('/', start);
  const second = text.indexOf('/', first + 1);
  return {
    cluster: text.slice(start, first) as LogicalCluster,
    namespace: second < 0 ? '' : text.slice(first + 1, second),
    name: text.slice((second < 0 ? first : second) + 1),
  };
}

/** Reads a storage key back; throws where the key was not made by `storageKey`. */
export function parseStorageKey(text: string): { bucket: Bucket; key: ObjectKey } {
  const [empty, group, resource, cluster, first, second, ...rest] = text.split('/');
  const name = cluster === undefined ? undefined : parseName(cluster);
  if (
    empty !== '' ||
    group === undefined ||
    resource === undefined ||
    name === undefined ||
    first === undefined ||
    rest.length > 0
  ) {
    throw new Error(`not the key of an object: ${text}`);
  }
  const key: ObjectKey = { cluster: name, namespace: second === undefined ? '' : first, name: second ?? first };
  return { bucket: bucketOfSegments(group, resource), key };
}

/** The bucket of a storage key or of a bucket's prefix, for texts that are known to be well formed because this store wrote them. */
export function bucketOf(text: string): Bucket {
  const second = text.indexOf('/', 1);
  return bucketOfSegments(text.slice(1, second), text.slice(second + 1, text.indexOf('/', second + 1)));
}

function bucketOfSegments(group: string, resource: string): Bucket {
  const colon = resource.indexOf(':');
  return {
    group: group === 'core' ? '' : group,
    resource: colon < 0 ? resource : resource.slice(0, colon),
    ...(colon >= 0 && { identity: resource.slice(colon + 1) }),
  };
}

/** Rows that the store keeps for itself lie under this prefix; no object does. */
const INTERNAL = '/internal.kcp.io/';

/** The first text after all internal keys, in the order of keys. */
export const AFTER_INTERNAL = '/internal.kcp.io0';

/** True for rows that are no objects: the owner index, checkpoints. */
export function isInternal(text: string): boolean {
  return text.startsWith(INTERNAL);
}

/** An object's key as pages and continue tokens have it: what follows the prefix of a selection. */
export function relativeKey(
  selection: { readonly cluster: unknown; readonly namespace?: string },
  key: ObjectKey,
): string {
  if (selection.namespace !== undefined && selection.namespace !== '') return key.name;
  const within = key.namespace === '' ? key.name : `${key.namespace}/${key.name}`;
  return typeof selection.cluster === 'string' ? within : `${key.cluster}/${within}`;
}
