import type { Change, ChangePage, ChangesOptions, Revision, Row } from '../backend.ts';
import { scopeOfPrefix } from '../key.ts';
import { rowAt } from './lineage.ts';
import { revisionsOf } from './revision-index.ts';
import type { Tables } from './tables.ts';
import type { LogEntry } from './values.ts';

interface Found {
  readonly revision: Revision;
  readonly entry: LogEntry;
}

/** Reads a part of the log that is in the window. */
export const readChanges = (tables: Tables, { prefix, after, upTo, limit }: ChangesOptions): ChangePage => {
  const found: Found[] = [];
  for (const revision of revisionsOf(tables, scopeOfPrefix(prefix), { after, upTo })) {
    const entry = tables.log.get(revision);
    if (entry === undefined || !entry.key.startsWith(prefix)) continue;
    if (found.length >= limit) return { changes: changesOf(tables, found), more: true };
    found.push({ revision, entry });
  }
  return { changes: changesOf(tables, found), more: false };
};

/** What a write put is what the next write of its key superseded: backwards, so that one search a key is enough. */
const changesOf = (tables: Tables, found: readonly Found[]): Change[] => {
  const later = new Map<string, LogEntry>();
  const changes: Change[] = [];
  for (const { revision, entry } of found.toReversed()) {
    const { key, deleted } = entry;
    const next = later.get(key);
    const written = next === undefined ? rowAt(tables, key, revision) : previousOf(next);
    changes.push({ key, revision, value: deleted ? undefined : written?.value, previous: previousOf(entry) });
    later.set(key, entry);
  }
  return changes.reverse();
};

const previousOf = ({ key, previous }: LogEntry): Row | undefined =>
  previous === undefined ? undefined : { key, revision: previous.revision, value: previous.value };
