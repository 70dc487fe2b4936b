import { alreadyExists, ApiError, conflict, notFound, type KubeObject } from '@kcp/api-machinery';
import type { Bucket, ObjectKey, ObjectWrite, ObjectWriter, Sequel, StoredObject } from '@kcp/object-store';
import type { PreparedWrite } from './write-request.ts';

/** The text of a conflict between an update and a write that came before it. */
export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

/** The kind of objects that every namespaced object lives in. */
export const namespaceBucket: Bucket = { group: '', resource: 'namespaces' };

/** What became of prepared writes. `lost` is the address of the first write or condition that came too late. */
export type CommitOutcome =
  | { readonly kind: 'committed'; readonly objects: readonly StoredObject[] }
  | {
      readonly kind: 'lost';
      readonly bucket: Bucket;
      readonly key: ObjectKey;
      readonly current: StoredObject | undefined;
    };

/** A commit that came too late. */
export type LostCommit = Extract<CommitOutcome, { kind: 'lost' }>;

/** Makes prepared writes happen, all or none, in one commit; sequels with them where the store can. */
export async function commitAll(
  store: ObjectWriter,
  prepared: readonly PreparedWrite[],
  sequels: readonly Sequel[] = [],
): Promise<CommitOutcome> {
  const outcome = await store.commit(
    prepared.map(({ write }) => write),
    prepared.flatMap(({ conditions }) => conditions),
    sequels,
  );
  return outcome.kind === 'committed' ? outcome : { ...outcome, kind: 'lost' };
}

/** True where a commit was lost over this write, not over another of its writes or conditions. */
export function isAbout({ bucket, key }: Pick<ObjectWrite, 'bucket' | 'key'>, lost: LostCommit): boolean {
  return bucket.resource === lost.bucket.resource && bucket.group === lost.bucket.group && key.name === lost.key.name;
}

/** What a create that lost says: the name is taken, or the namespace went. */
export function lostCreate(prepared: PreparedWrite, outcome: LostCommit): ApiError {
  const { bucket } = prepared.write;
  if (!isAbout(prepared.write, outcome)) return notFound(outcome.bucket, outcome.key.name);
  return taken(bucket, prepared.object, outcome.current);
}

/** 409 for a name that is taken; an object that is being deleted says so. */
export function taken(bucket: Bucket, object: KubeObject, current: StoredObject | undefined): ApiError {
  const name = object.metadata.name ?? '';
  const error = alreadyExists(bucket, name);
  if (!current?.isTerminating) return error;
  return new ApiError('AlreadyExists', `object is being deleted: ${error.message}`, {
    ...(error.details && { details: error.details }),
  });
}

/** 409 for an update that came too late. */
export function modified(bucket: Bucket, name: string): ApiError {
  return conflict(bucket, name, MODIFIED);
}
