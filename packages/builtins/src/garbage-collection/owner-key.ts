import type { OwnerReference } from '@kcp/api-machinery';
import type { ReconcileKey, SourceBucket } from '@kcp/controller';
import type { LogicalCluster } from '@kcp/logical-cluster';

/** An owner as references name it, or as it was when it went. */
export interface OwnerIdentity extends Pick<OwnerReference, 'apiVersion' | 'kind' | 'name' | 'uid'> {
  readonly cluster: LogicalCluster;
  /** Of whoever names it; what is cluster-scoped is found from any namespace. */
  readonly namespace: string;
}

/** Keys that stand for an owner and not for an object to look at. No resource has these names. */
const GONE: SourceBucket = { group: 'internal.kcp.io', resource: 'gone-owners' };
const WAITING: SourceBucket = { group: 'internal.kcp.io', resource: 'waiting-owners' };

/** What a key asks for: to deal with the dependants of an owner that is gone, or to let one go that waited for its dependants. */
export interface OwnerTask {
  readonly kind: 'gone' | 'waiting';
  readonly owner: OwnerIdentity;
}

/** The key of a task. Undefined where a reference is longer than any owner's could be. */
export function keyOfTask({ kind, owner }: OwnerTask): ReconcileKey | undefined {
  const { cluster, namespace, apiVersion, name, uid } = owner;
  const text = [apiVersion, owner.kind, name, uid].map((part) => encodeURIComponent(part.toWellFormed())).join('&');
  if (text.length > LONGEST) return undefined;
  return { cluster, namespace, name: text, bucket: kind === 'gone' ? GONE : WAITING };
}

/** Reads a task's key back; undefined for the key of an object. */
export function taskOfKey({ cluster, namespace, name, bucket }: ReconcileKey): OwnerTask | undefined {
  if (bucket?.group !== GONE.group) return undefined;
  const [apiVersion = '', ownerKind = '', ownerName = '', uid = ''] = name.split('&').map(decodeURIComponent);
  const owner = { cluster, namespace, apiVersion, kind: ownerKind, name: ownerName, uid };
  return { kind: bucket.resource === GONE.resource ? 'gone' : 'waiting', owner };
}

/** Group, version and kind, a name and a uid as long as Kubernetes lets them be, three times over for the encoding. */
const LONGEST = 4_000;
