import type { Revision } from '../backend.ts';
import { compareKeys } from '../key.ts';
import { revisionsOf } from './revision-index.ts';
import type { Tables } from './tables.ts';
import type { LogEntry } from './values.ts';

/** A range of keys: those under the prefix, greater than `after`. */
export interface KeyRange {
  readonly prefix: string;
  readonly after: string | undefined;
  /** The scope that holds them all, if there is one. */
  readonly scope: string | undefined;
}

/** Where more changes than this came after a revision, the deleted keys of the range are walked instead. */
const MAX_CHANGES = 1_000;

/** Whether nothing in a range was written after a revision; false where that is not known. */
export const unchangedSince = ({ newest }: Tables, { scope }: KeyRange, at: Revision): boolean =>
  scope !== undefined && (newest.get(scope) ?? 0) <= at;

/** Keys of a range that may have been there at a revision and are there no more, in order. */
export const keysGoneSince = (tables: Tables, range: KeyRange, at: Revision): Iterable<string> => {
  if (unchangedSince(tables, range, at)) return [];
  return deletedAfter(tables, range, at) ?? goneKeys(tables, range);
};

/** Keys of a range that were written after a revision; undefined where they are too many. */
export const keysChangedSince = (tables: Tables, range: KeyRange, at: Revision): ReadonlySet<string> | undefined => {
  const changed = new Set<string>();
  if (unchangedSince(tables, range, at)) return changed;
  const entries = changesAfter(tables, range, at);
  for (const { key } of entries ?? []) changed.add(key);
  return entries && changed;
};

/** From the changes after a revision; undefined where they are too many. */
const deletedAfter = (tables: Tables, range: KeyRange, at: Revision): string[] | undefined => {
  const deleted = changesAfter(tables, range, at)?.filter((entry) => entry.deleted);
  return deleted && [...new Set(deleted.map(({ key }) => key))].sort(compareKeys);
};

/** What was written into a range after a revision; undefined where it is too much. */
const changesAfter = (tables: Tables, { prefix, after, scope }: KeyRange, at: Revision): LogEntry[] | undefined => {
  const entries: LogEntry[] = [];
  let read = 0;
  for (const revision of revisionsOf(tables, scope, { after: at, upTo: Number.MAX_SAFE_INTEGER - 1 })) {
    read += 1;
    if (read > MAX_CHANGES) return undefined;
    const entry = tables.log.get(revision);
    if (entry === undefined || !entry.key.startsWith(prefix)) continue;
    if (after === undefined || compareKeys(entry.key, after) > 0) entries.push(entry);
  }
  return entries;
};

function* goneKeys({ gone }: Tables, { prefix, after }: KeyRange): Generator<string> {
  for (const key of gone.getKeys(keyBounds(prefix, after))) if (typeof key === 'string') yield key;
}

/** Every key begins with it; lmdb takes no empty key. */
const FIRST = '/';

/** Begins and ends the reading of a table whose keys are texts. */
export const keyBounds = (
  prefix: string,
  after: string | undefined,
): { start: string; end: [string]; exclusiveStart: boolean } => ({
  start: after ?? (prefix === '' ? FIRST : prefix),
  end: [prefix],
  exclusiveStart: after !== undefined,
});
