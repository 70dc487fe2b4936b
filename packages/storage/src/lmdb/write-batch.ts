import type { Change, Revision } from '../backend.ts';
import type { Batch } from '../batch.ts';
import { scopesOf } from '../key.ts';
import type { Demand } from './headroom.ts';
import { Lineages } from './lineage.ts';
import { indexKey } from './revision-index.ts';
import type { Tables } from './tables.ts';
import { META } from './tables.ts';
import type { Lineage } from './values.ts';

/** The newest revision of each scope that a batch writes into. */
export const scopesOfBatch = ({ changes }: Batch): Map<string, Revision> => {
  const scopes = new Map<string, Revision>();
  for (const { key, revision } of changes) {
    const { resource, cluster } = scopesOf(key);
    scopes.set(resource, revision);
    scopes.set(cluster, revision);
  }
  return scopes;
};

/** Pages that one write may dirty, in bytes: the way to a leaf in each table, and what splits. */
const PER_CHANGE = 64 * 1024;
const PER_BATCH = 1024 * 1024;
/** Larger values lie in pages of their own, in one piece. */
const IN_LEAF = 1_900;

/** What room a batch may need. */
export const demandOf = ({ changes }: Batch): Demand => {
  let contiguous = 0;
  for (const { value, previous } of changes) {
    for (const bytes of [value?.byteLength ?? 0, previous?.value.byteLength ?? 0]) {
      if (bytes > IN_LEAF) contiguous += 2 * bytes;
    }
  }
  return { bytes: PER_BATCH + changes.length * PER_CHANGE + contiguous, contiguous, urgent: false };
};

/** Puts a batch into the transaction that is open. */
export const writeBatch = (tables: Tables, batch: Batch, scopes: ReadonlyMap<string, Revision>): void => {
  const lineages = new Lineages(tables);
  for (const change of batch.changes) writeChange(tables, change, lineages.add(change));
  for (const [scope, revision] of scopes) void tables.newest.put(scope, revision);
  void tables.meta.put(META.head, batch.head);
};

/** Revisions only grow: full pages, and no search. */
const APPEND = { append: true } as const;

const writeChange = (tables: Tables, change: Change, lineage: Lineage): void => {
  const { current, gone, log, index } = tables;
  const { key, revision, value, previous } = change;
  if (value !== undefined) void current.put(key, { revision, value });
  else {
    void current.remove(key);
    void gone.put(key, revision);
  }
  // There was no row before, but a write: that was the deletion.
  if (value !== undefined && previous === undefined && lineage.before > 0) void gone.remove(key);
  void log.put(revision, { key, deleted: value === undefined, lineage, previous }, APPEND);
  void index.put(indexKey(tables, key, revision), null);
};
