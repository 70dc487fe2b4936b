import type { Page, Revision, Row } from '../backend.ts';
import { compareKeys, scopeOfPrefix } from '../key.ts';
import type { KeyRange } from './gone-keys.ts';
import { keyBounds, keysChangedSince, keysGoneSince, unchangedSince } from './gone-keys.ts';
import { rowAt, rowBefore } from './lineage.ts';
import type { Tables } from './tables.ts';

/** Which keys to read, as of which revision. */
export interface RangeAt {
  readonly prefix: string;
  readonly after: string | undefined;
  readonly limit: number;
  readonly at: Revision;
}

const keyRange = ({ prefix, after }: RangeAt): KeyRange => ({
  prefix,
  after: after === undefined || compareKeys(after, prefix) < 0 ? undefined : after,
  scope: scopeOfPrefix(prefix),
});

/** Reads a page as of a revision of the window. */
export const readRange = (tables: Tables, options: RangeAt): Page => {
  const rows: Row[] = [];
  for (const row of rowsAt(tables, keyRange(options), options.at)) {
    if (rows.length >= options.limit) return { rows, more: true, revision: options.at };
    rows.push(row);
  }
  return { rows, more: false, revision: options.at };
};

/** Counts the keys of a range as of a revision of the window, up to the limit. */
export const countRange = (tables: Tables, options: RangeAt): number => {
  const range = keyRange(options);
  if (options.limit === Infinity) return countAll(tables, range, options.at) ?? readRange(tables, options).rows.length;
  if (!unchangedSince(tables, range, options.at)) return readRange(tables, options).rows.length;
  let count = 0;
  const bounds = keyBounds(range.prefix, range.after);
  for (const _ of tables.current.getKeys({ ...bounds, limit: options.limit })) count += 1;
  return count;
};

/**
 * Counts natively what is there now, and then looks at what was written since, which while there are writers is mostly the batch under way. Undefined
 * where that is too much.
 */
const countAll = (tables: Tables, range: KeyRange, at: Revision): number | undefined => {
  const changed = keysChangedSince(tables, range, at);
  if (changed === undefined) return undefined;
  let count = tables.current.getKeysCount(keyBounds(range.prefix, range.after));
  for (const key of changed) {
    if (rowAt(tables, key, at) !== undefined) count += 1;
    if (tables.current.doesExist(key)) count -= 1;
  }
  return count;
};

/** Merges the keys that are there with those that are gone. */
function* rowsAt(tables: Tables, range: KeyRange, at: Revision): Generator<Row> {
  const gone = keysGoneSince(tables, range, at)[Symbol.iterator]();
  try {
    let next = gone.next().value;
    for (const { key, value } of tables.current.getRange(keyBounds(range.prefix, range.after))) {
      if (typeof key !== 'string') continue;
      for (; next !== undefined && compareKeys(next, key) < 0; next = gone.next().value) {
        const row = rowAt(tables, next, at);
        if (row !== undefined) yield row;
      }
      if (next === key) next = gone.next().value;
      const { revision } = value;
      const row = revision <= at ? { key, revision, value: value.value } : rowBefore(tables, revision, at);
      if (row !== undefined) yield row;
    }
    for (; next !== undefined; next = gone.next().value) {
      const row = rowAt(tables, next, at);
      if (row !== undefined) yield row;
    }
  } finally {
    gone.return?.();
  }
}
