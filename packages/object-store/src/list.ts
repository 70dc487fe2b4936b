import type { Backend, Page, Revision, Row } from '@kcp/storage';
import { AFTER_INTERNAL, bucketOf, isInternal, objectKeyOf } from './keys.ts';
import type { EverythingOptions, ObjectPage, PageOptions, StoredObject } from './object-store.ts';
import { isSelected, needsFilter, selectionPrefix } from './selection.ts';
import { readError } from './storage-error.ts';
import type { ReadRow } from './stored-row.ts';

/** Where a namespace is selected in all logical clusters, a page with a limit reads at most so many rows and may come out short. */
const SCAN_LIMIT = 10_000;
const SCAN_PAGE = 1_000;

/** One page of a list. */
export function readPage(backend: Backend, options: PageOptions, readRow: ReadRow): ObjectPage {
  const prefix = selectionPrefix(options);
  const page = needsFilter(options) ? scan(backend, options, prefix) : readRange(backend, options, prefix);
  const objects: StoredObject[] = [];
  for (const row of page.rows) objects.push(readRow(options.bucket, row));
  return { objects, next: page.last?.slice(prefix.length), revision: page.revision };
}

/** One page of all objects there are, as of now. It ends, perhaps short of its limit, before rows that are no objects. */
export function readEverything(backend: Backend, { after, limit }: EverythingOptions, readRow: ReadRow): ObjectPage {
  const { rows, more, revision } = backend.range({ prefix: '/', limit, ...(after !== undefined && { after }) });
  const objects: StoredObject[] = [];
  for (const row of rows) {
    if (isInternal(row.key)) return { objects, next: AFTER_INTERNAL, revision };
    objects.push(readRow(bucketOf(row.key), row));
  }
  return { objects, next: more ? rows.at(-1)?.key : undefined, revision };
}

/** How many objects there are after a key. */
export function countObjects(backend: Backend, options: PageOptions): number {
  const prefix = selectionPrefix(options);
  if (!needsFilter(options)) return atRevision(options, () => backend.count(rangeOf(options, prefix)));
  let count = 0;
  let after = options.after;
  do {
    const page = scan(backend, { ...options, limit: SCAN_PAGE, ...(after !== undefined && { after }) }, prefix);
    count += page.rows.length;
    after = page.last?.slice(prefix.length);
  } while (after !== undefined && count < (options.limit ?? Infinity));
  return Math.min(count, options.limit ?? Infinity);
}

interface SelectedRows {
  readonly rows: readonly Row[];
  /** The last key read, where there may be more behind it. */
  readonly last: string | undefined;
  readonly revision: Revision;
}

function readRange(backend: Backend, options: PageOptions, prefix: string): SelectedRows {
  const { rows, more, revision } = atRevision(options, () => backend.range(rangeOf(options, prefix)));
  return { rows, last: more ? rows.at(-1)?.key : undefined, revision };
}

function scan(backend: Backend, options: PageOptions, prefix: string): SelectedRows {
  const limit = options.limit ?? Infinity;
  const rows: Row[] = [];
  let range = { ...rangeOf(options, prefix), limit: SCAN_PAGE };
  for (let scanned = 0; ; scanned += SCAN_PAGE) {
    const page: Page = atRevision(options, () => backend.range(range));
    for (const row of page.rows) {
      if (!isSelected(options, objectKeyOf(row.key))) continue;
      rows.push(row);
      if (rows.length === limit) return { rows, last: row.key, revision: page.revision };
    }
    const last = page.more ? page.rows.at(-1)?.key : undefined;
    if (last === undefined || (limit !== Infinity && scanned >= SCAN_LIMIT))
      return { rows, last, revision: page.revision };
    range = { ...range, after: last, at: page.revision };
  }
}

function rangeOf({ after, limit, at }: PageOptions, prefix: string): Parameters<Backend['range']>[0] {
  return {
    prefix,
    ...(after !== undefined && { after: prefix + after }),
    ...(limit !== undefined && { limit }),
    ...(at !== undefined && { at }),
  };
}

function atRevision<T>({ at }: PageOptions, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw readError(error, at);
  }
}
