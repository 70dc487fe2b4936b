import type { Backend, CommitResult, Condition, Row, Write } from '@kcp/storage';
import { encodeRow } from './codec.ts';
import type { Bucket, ObjectKey } from './keys.ts';
import { storageKey } from './keys.ts';
import { lookupRows } from './lookup-index.ts';
import type { ObjectIndex, ObjectWrite, Sequel, StoredObject, WriteCondition, WriteOutcome } from './object-store.ts';
import type { OwnerRows } from './owner-index.ts';
import { ownerRows } from './owner-index.ts';
import { StaleRows } from './stale-rows.ts';
import { commitError } from './storage-error.ts';
import type { ReadRow } from './stored-row.ts';
import { StoredRow } from './stored-row.ts';

/** The most rows that a backend writes in one commit. */
const ROW_LIMIT = 100;

/** What a commit is made of. */
export interface CommitOptions {
  readonly backend: Backend;
  readonly writes: readonly ObjectWrite[];
  readonly conditions: readonly WriteCondition[];
  readonly sequels: readonly Sequel[];
  readonly readRow: ReadRow;
  readonly indexes: readonly ObjectIndex[];
}

/** A write on its way: its row, and what it removes. */
interface Prepared {
  readonly source: ObjectWrite;
  readonly write: Write;
  /** For a deletion: what the writer read, or what was there when it was decided. */
  readonly last: StoredRow | Row | undefined;
  /** Rows of indexes that it adds and takes away. */
  readonly rows: readonly OwnerRows[];
}

/**
 * All or nothing: every write with its own precondition, and what else must hold; the rows of the owner index after those of the
 * objects. Only where an index row that is to go finds no more room in the commit does it go right after it.
 */
export async function commitObjects(options: CommitOptions): Promise<WriteOutcome> {
  const { backend, writes, conditions, readRow } = options;
  const prepared = writes.map((write) => prepare(options, write));
  const rows = prepared.map(({ write }) => write);
  const stale = addIndexRows(backend, prepared, rows);
  const required = prepared.map(preconditionOf);
  for (const condition of conditions) required.push(conditionOf(condition));
  const result = await commit(backend, required, { rows, sequels: sequelRows(options, prepared) });
  if (result.kind === 'refused') {
    const { bucket, key } = addressOf(result.condition.key, writes, conditions);
    return { kind: 'refused', bucket, key, current: result.current && readRow(bucket, result.current) };
  }
  const objects = prepared.map((one, index) =>
    written(backend, one, { revision: result.revisions[index] ?? 0, readRow }),
  );
  await stale?.remove();
  return { kind: 'committed', objects };
}

function prepare({ backend, readRow, indexes }: CommitOptions, source: ObjectWrite): Prepared {
  const key = storageKey(source.bucket, source.key);
  if (source.kind === 'delete') {
    const read = readBefore(source);
    const row = read instanceof StoredRow ? undefined : backend.get(key);
    const previous = read ?? (row && readRow(source.bucket, row));
    const last = read instanceof StoredRow ? read : row;
    return { source, write: { kind: 'delete', key }, last, rows: indexRows(indexes, source, previous) };
  }
  const { object, fingerprint } = source;
  const value = encodeRow({ object, fingerprint, cluster: source.key.cluster });
  const previous = source.kind === 'create' ? undefined : previousOf(backend, key, { source, readRow });
  return {
    source,
    write: { kind: 'put', key, value },
    last: undefined,
    rows: indexRows(indexes, source, previous),
  };
}

/** None where one of them changes what its object is found by. Throws TypeError for one of what is not put. */
function sequelRows({ sequels, indexes, readRow }: CommitOptions, prepared: readonly Prepared[]): readonly Write[] {
  const rows: Write[] = [];
  for (const sequel of sequels) {
    const { bucket, object, fingerprint } = sequel;
    const key = storageKey(bucket, sequel.key);
    const first = prepared.find(({ write }) => write.key === key)?.write;
    if (first?.kind !== 'put') throw new TypeError(`a sequel to what the commit does not put: ${key}`);
    const previous = readRow(bucket, { key, revision: 0, value: first.value });
    if (indexRows(indexes, { kind: 'update', ...sequel, expected: 0 }, previous).length > 0) return [];
    rows.push({ kind: 'put', key, value: encodeRow({ object, fingerprint, cluster: sequel.key.cluster }) });
  }
  return rows;
}

function indexRows(
  indexes: readonly ObjectIndex[],
  source: ObjectWrite,
  previous: StoredObject | undefined,
): readonly OwnerRows[] {
  return [ownersChange(source, previous), lookupRows(indexes, source, previous)].filter((rows) => rows !== undefined);
}

function previousOf(
  backend: Backend,
  key: string,
  { source, readRow }: { readonly source: Exclude<ObjectWrite, { kind: 'create' }>; readonly readRow: ReadRow },
): StoredObject | undefined {
  const read = readBefore(source);
  if (read !== undefined) return read;
  const row = backend.get(key);
  // Another revision than expected: the commit will be refused.
  return row?.revision === source.expected ? readRow(source.bucket, row) : undefined;
}

/** What the writer read, where it gave it. */
function readBefore({ previous, expected }: Exclude<ObjectWrite, { kind: 'create' }>): StoredObject | undefined {
  return previous?.revision === expected ? previous : undefined;
}

/** Undefined at once where there are no owners before and after: then nothing is parsed. */
function ownersChange(source: ObjectWrite, previous: StoredObject | undefined): OwnerRows | undefined {
  const before = previous?.hasOwners === true ? previous.decode() : undefined;
  const object = source.kind === 'delete' ? undefined : source.object;
  const after = (object?.metadata.ownerReferences?.length ?? 0) > 0 ? object : undefined;
  return before === undefined && after === undefined ? undefined : ownerRows(source, before, after);
}

/** Adds the index rows to those of the objects; gives the ones that must wait because the commit is full. */
function addIndexRows(backend: Backend, prepared: readonly Prepared[], rows: Write[]): StaleRows | undefined {
  const removed: string[] = [];
  for (const change of prepared.flatMap((one) => one.rows)) {
    rows.push(...change.added);
    removed.push(...change.removed);
  }
  if (rows.length + removed.length > ROW_LIMIT) return new StaleRows(backend, removed);
  for (const key of removed) rows.push({ kind: 'delete', key });
  return undefined;
}

function preconditionOf({ source, write }: Prepared): Condition {
  return { kind: 'revision', key: write.key, revision: source.kind === 'create' ? 0 : source.expected };
}

function conditionOf({ bucket, key, revision }: WriteCondition): Condition {
  const text = storageKey(bucket, key);
  return revision === undefined ? { kind: 'exists', key: text } : { kind: 'revision', key: text, revision };
}

async function commit(
  backend: Backend,
  conditions: readonly Condition[],
  { rows, sequels }: { readonly rows: readonly Write[]; readonly sequels: readonly Write[] },
): Promise<CommitResult> {
  try {
    return await backend.commit(conditions, rows, sequels);
  } catch (error) {
    throw commitError(error);
  }
}

/** The object that a write left; for a deletion its last state, at the revision of the deletion. */
function written(
  backend: Backend,
  { source, write, last }: Prepared,
  made: { revision: number; readRow: ReadRow },
): StoredObject {
  const { key } = write;
  const { revision, readRow } = made;
  if (write.kind === 'put') return readRow(source.bucket, { key, revision, value: write.value });
  if (last instanceof StoredRow) return last.as(revision);
  const expected = source.kind === 'delete' ? source.expected : 0;
  const row = last?.revision === expected ? last : backend.get(key, expected);
  if (row === undefined) throw new Error(`deleted without a last state: ${key}`);
  return readRow(source.bucket, { key, revision, value: row.value });
}

/** Whose condition it was that did not hold. */
function addressOf(
  text: string,
  writes: readonly ObjectWrite[],
  conditions: readonly WriteCondition[],
): { readonly bucket: Bucket; readonly key: ObjectKey } {
  for (const one of [...writes, ...conditions]) {
    if (storageKey(one.bucket, one.key) === text) return one;
  }
  throw new Error(`refused for a key that is not part of the commit: ${text}`);
}
