import { createHash } from 'node:crypto';
import type { KubeObject } from '@kcp/api-machinery';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Backend, Write } from '@kcp/storage';
import { bucketPrefix, type Bucket, type ObjectKey } from './keys.ts';
import type { LookupOptions, LookupPage, ObjectIndex, ObjectWrite, StoredObject } from './object-store.ts';
import type { OwnerRows } from './owner-index.ts';

/**
 * Objects of one resource by a value that is in them, in all logical clusters, as rows beside the objects: one for each value, in the commit
 * that writes the object.
 *
 *     /internal.kcp.io/<name of the index>/<value>/<cluster>/[<namespace>/]<name>
 *
 * A row says that there may be such an object: whoever acts on it reads the object. An index that was added to a store with objects in it is
 * asked only once all of them are in it, which its last row says.
 */
function indexPrefix({ name }: ObjectIndex): string {
  return bucketPrefix({ group: 'internal.kcp.io', resource: name });
}

/** The row that says that an index is whole; no value is written so. */
function wholeKey(index: ObjectIndex): string {
  return `${indexPrefix(index)}!whole/1`;
}

const FORMAT = Buffer.from([1]);

/** The most values that an object is found by: each is a row of its commit, and a commit has 100. */
export const VALUE_LIMIT = 50;

/** What keys can hold as it is; whatever else somebody writes is hashed. */
const PLAIN = /^[0-9A-Za-z.:@_-]{1,128}$/;

function valuePrefix(index: ObjectIndex, value: string): string {
  const segment = PLAIN.test(value) ? value : `=${createHash('sha256').update(value).digest('base64url')}`;
  return `${indexPrefix(index)}${segment}/`;
}

/** True where two buckets are the same. */
function isOf({ bucket }: ObjectIndex, { group, resource, identity }: Bucket): boolean {
  return bucket.resource === resource && bucket.group === group && bucket.identity === identity;
}

/** What becomes of the indexes when an object is written; undefined where it leaves them as they are. */
export function lookupRows(
  indexes: readonly ObjectIndex[],
  write: ObjectWrite,
  previous: StoredObject | undefined,
): OwnerRows | undefined {
  const added: Write[] = [];
  const removed: string[] = [];
  for (const index of indexes) {
    if (!isOf(index, write.bucket)) continue;
    const old = rowKeys(index, write.key, previous?.decode());
    for (const key of rowKeys(index, write.key, write.kind === 'delete' ? undefined : write.object))
      if (!old.delete(key)) added.push({ kind: 'put', key, value: FORMAT });
    removed.push(...old);
  }
  return added.length === 0 && removed.length === 0 ? undefined : { added, removed };
}

function rowKeys(index: ObjectIndex, key: ObjectKey, object: KubeObject | undefined): Set<string> {
  const values = object === undefined ? [] : index.values(object);
  if (values.length > VALUE_LIMIT) throw new Error(`the index ${index.name} has ${values.length} values of one object`);
  const address = key.namespace === '' ? key.name : `${key.namespace}/${key.name}`;
  return new Set(values.map((value) => `${valuePrefix(index, value)}${key.cluster}/${address}`));
}

/** A page of the objects that a value is in; undefined as long as the index is not whole. */
export function readLookup(
  backend: Backend,
  { index, value, after, limit, at }: LookupOptions,
): LookupPage | undefined {
  if (backend.get(wholeKey(index)) === undefined) return undefined;
  const prefix = valuePrefix(index, value);
  const { rows, more, revision } = backend.range({
    prefix,
    limit,
    ...(after !== undefined && { after: prefix + after }),
    ...(at !== undefined && { at }),
  });
  const keys = rows.map(({ key }) => keyOf(key.slice(prefix.length)));
  return { keys, next: more ? rows.at(-1)?.key.slice(prefix.length) : undefined, revision };
}

function keyOf(address: string): ObjectKey {
  const [cluster = '', ...rest] = address.split('/');
  const name = rest.pop() ?? '';
  // as it was written: the store made the row of a key
  return { cluster: cluster as LogicalCluster, namespace: rest[0] ?? '', name };
}

/** How many objects are put into an index in one commit at most; each has at most `VALUE_LIMIT` rows, and a condition of its own. */
const BUILD_ROWS = 90;

/** Rows of one object that an index lacks, and what the object must still be for them to be right. */
export interface MissingRows {
  readonly key: string;
  readonly revision: number;
  readonly rows: readonly Write[];
}

/** What an index lacks of some objects, in parts that each fit into a commit. */
export function missingRows(
  backend: Backend,
  index: ObjectIndex,
  objects: readonly StoredObject[],
): readonly MissingRows[][] {
  const parts: MissingRows[][] = [];
  let size = Infinity;
  for (const stored of objects) {
    const keys = [...rowKeys(index, stored.key, stored.decode())].filter((key) => backend.get(key) === undefined);
    if (keys.length === 0) continue;
    if (size + keys.length > BUILD_ROWS) {
      parts.push([]);
      size = 0;
    }
    size += keys.length;
    const rows = keys.map((key) => ({ kind: 'put', key, value: FORMAT }) as const);
    parts.at(-1)?.push({ key: objectKey(index, stored.key), revision: stored.revision, rows });
  }
  return parts;
}

function objectKey({ bucket }: ObjectIndex, { cluster, namespace, name }: ObjectKey): string {
  return `${bucketPrefix(bucket)}${cluster}/${namespace === '' ? '' : `${namespace}/`}${name}`;
}

/** True where all objects are in an index. */
export function isWhole(backend: Backend, index: ObjectIndex): boolean {
  return backend.get(wholeKey(index)) !== undefined;
}

/** Says from now on that an index is whole. */
export async function markWhole(backend: Backend, index: ObjectIndex): Promise<void> {
  await backend.commit([], [{ kind: 'put', key: wholeKey(index), value: FORMAT }]);
}
