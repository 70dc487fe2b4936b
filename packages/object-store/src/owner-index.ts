import type { KubeObject } from '@kcp/api-machinery';
import { invalidObject, tooMany } from '@kcp/api-machinery';
import { createHash } from 'node:crypto';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Write } from '@kcp/storage';
import type { Bucket, ObjectKey } from './keys.ts';
import { bucketOf, bucketPrefix, bucketPrefixOf, clusterPrefix, storageKey } from './keys.ts';
import type { Dependant } from './object-store.ts';

/**
 * Who owns whom, as rows beside the objects: one for each owner of an object, in the commit that writes the object.
 *
 *     /internal.kcp.io/owners/<cluster>/<uid of the owner>/<b|f>/<group>/<resource>/[<namespace>/]<name of the dependant>
 *
 * `b`: the dependant blocks the deletion of its owner (blockOwnerDeletion); `f`: it does not. A row says that there may be such
 * a dependant: whoever acts on it reads the object. The value is the format of the row.
 */
export const ownerBucket: Bucket = { group: 'internal.kcp.io', resource: 'owners' };

/** The most owners that an object can have: each is a row of its commit, and a commit has 100. */
export const OWNER_LIMIT = 90;

const FORMAT = Buffer.from([1]);
const BLOCKS = 'b';
const FREE = 'f';

/** Uids as Kubernetes makes them; whatever else a client writes into a reference is hashed. */
const PLAIN_UID = /^[0-9A-Za-z.-]{1,64}$/;

/** Where the rows of an owner's dependants begin. */
export function ownerPrefix(cluster: LogicalCluster, uid: string): string {
  const segment = PLAIN_UID.test(uid) ? uid : `=${createHash('sha256').update(uid).digest('base64url')}`;
  return `${clusterPrefix(ownerBucket, cluster)}${segment}/`;
}

/** The same for those dependants that block the deletion. */
export function blockingPrefix(cluster: LogicalCluster, uid: string): string {
  return `${ownerPrefix(cluster, uid)}${BLOCKS}/`;
}

/** Reads a row's key. `prefix` is the owner's. */
export function readOwnerRow(cluster: LogicalCluster, prefix: string, text: string): Dependant {
  const blocks = text.startsWith(BLOCKS, prefix.length);
  const address = text.slice(prefix.length + BLOCKS.length);
  const start = bucketPrefixOf(address).length;
  const slash = address.indexOf('/', start);
  const namespace = slash < 0 ? '' : address.slice(start, slash);
  const key: ObjectKey = { cluster, namespace, name: address.slice(slash < 0 ? start : slash + 1) };
  return { bucket: bucketOf(address), key, blocks };
}

/** The rows that a write of an object adds to the index and takes away; undefined where it leaves the index as it is. */
export interface OwnerRows {
  readonly added: readonly Write[];
  /** Keys. */
  readonly removed: readonly string[];
}

/**
 * What becomes of the index when an object is written. `before` and `after`: the object with owners that there was and that
 * there will be, undefined where there is none or it has no owners. Throws ApiError Invalid for more owners than can be kept.
 */
export function ownerRows(
  address: { readonly bucket: Bucket; readonly key: ObjectKey },
  before: KubeObject | undefined,
  after: KubeObject | undefined,
): OwnerRows | undefined {
  const old = rowKeys(address, before);
  const next = rowKeys(address, after);
  if (next.size > OWNER_LIMIT) {
    const errors = [tooMany('metadata.ownerReferences', next.size, OWNER_LIMIT)];
    throw invalidObject({ group: address.bucket.group, kind: after?.kind ?? '' }, address.key.name, errors);
  }
  const added: Write[] = [];
  for (const key of next) if (!old.delete(key)) added.push({ kind: 'put', key, value: FORMAT });
  return added.length === 0 && old.size === 0 ? undefined : { added, removed: [...old] };
}

function rowKeys(
  { bucket, key }: { readonly bucket: Bucket; readonly key: ObjectKey },
  object: KubeObject | undefined,
): Set<string> {
  const keys = new Set<string>();
  const references = object?.metadata.ownerReferences ?? [];
  if (references.length === 0) return keys;
  const dependant = dependantKey(bucket, key);
  const blocking = new Map<string, boolean>();
  for (const { uid, blockOwnerDeletion } of references) {
    if (typeof uid !== 'string' || uid === '') continue;
    blocking.set(uid, blockOwnerDeletion === true || blocking.get(uid) === true);
  }
  for (const [uid, blocks] of blocking) {
    keys.add(`${ownerPrefix(key.cluster, uid)}${blocks ? BLOCKS : FREE}${dependant}`);
  }
  return keys;
}

/** A storage key without the logical cluster: `/core/configmaps/<namespace>/<name>`. */
function dependantKey(bucket: Bucket, key: ObjectKey): string {
  const cut = bucketPrefix(bucket).length;
  const text = storageKey(bucket, key);
  return text.slice(0, cut) + text.slice(cut + key.cluster.length + 1);
}
