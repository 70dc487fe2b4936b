import type { LogicalCluster } from '@kcp/logical-cluster';

/** Which resource's objects a key is one of; the shape of `Bucket` in @kcp/object-store. */
export interface SourceBucket {
  readonly group: string;
  readonly resource: string;
  readonly identity?: string;
}

/** What `reconcile` is called for: the address of an object, a value. Two keys are the same where all their parts are. */
export interface ReconcileKey {
  readonly cluster: LogicalCluster;
  /** Empty for what is cluster-scoped. */
  readonly namespace: string;
  readonly name: string;
  /** Only where a controller reconciles objects of several resources. */
  readonly bucket?: SourceBucket;
}

/** Equal for equal keys only: none of the parts can hold a slash, and their number is fixed. For maps; nobody reads it back. */
export function identityOf(key: ReconcileKey): string {
  const address = `${key.cluster}/${key.namespace}/${key.name}`;
  if (key.bucket === undefined) return address;
  const { group, resource, identity = '' } = key.bucket;
  return `${address}/${group}/${resource}/${identity}`;
}
