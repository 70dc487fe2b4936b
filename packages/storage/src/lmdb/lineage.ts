import type { Change, Revision, Row } from '../backend.ts';
import type { Tables } from './tables.ts';
import type { Lineage } from './values.ts';

/**
 * The writes of a key form a chain through the log, newest first, so that finding what it held at a revision needs no table of its own, whose pages every update would dirty. Each
 * write also points further back, at distances that grow as in a skew-binary list: among n writes the search takes O(log n) steps, however hot the key is.
 * Compaction cuts the end of the chain off; no search goes there.
 */
const FIRST = 0;

/** Finds the places of new writes. Made anew for each batch. */
export class Lineages {
  readonly #tables: Tables;
  /** Of the writes of this batch. */
  readonly #added = new Map<Revision, Lineage>();
  readonly #newest = new Map<string, Revision>();

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** The place of the next write of the batch. */
  add({ key, revision, previous }: Change): Lineage {
    const before = this.#newest.get(key) ?? previous?.revision ?? this.#tables.gone.get(key) ?? FIRST;
    const lineage = this.#after(before);
    this.#added.set(revision, lineage);
    this.#newest.set(key, revision);
    return lineage;
  }

  #after(before: Revision): Lineage {
    const parent = this.#get(before);
    if (parent === undefined) return { before, depth: 0, jump: FIRST, jumpDepth: 0 };
    const { depth, jump, jumpDepth } = parent;
    const far = this.#get(jump);
    const merge = far !== undefined && depth - jumpDepth === jumpDepth - far.jumpDepth && far.jump !== FIRST;
    if (merge) return { before, depth: depth + 1, jump: far.jump, jumpDepth: far.jumpDepth };
    return { before, depth: depth + 1, jump: before, jumpDepth: depth };
  }

  #get(revision: Revision): Lineage | undefined {
    if (revision === FIRST) return undefined;
    return this.#added.get(revision) ?? this.#tables.lineage.get(revision);
  }
}

/** The newest row of a key in the tables. */
export const currentRow = ({ current }: Tables, key: string): Row | undefined => {
  const stored = current.get(key);
  return stored === undefined ? undefined : { key, revision: stored.revision, value: stored.value };
};

/** What a key held at a revision of the window. */
export const rowAt = (tables: Tables, key: string, at: Revision): Row | undefined => {
  const row = currentRow(tables, key);
  if (row !== undefined && row.revision <= at) return row;
  const newest = row?.revision ?? tables.gone.get(key) ?? FIRST;
  return newest <= at ? undefined : rowBefore(tables, newest, at);
};

/** What the key of a write held at a revision before that write. */
export const rowBefore = ({ lineage, log }: Tables, write: Revision, at: Revision): Row | undefined => {
  let first = write;
  for (;;) {
    const place = lineage.get(first);
    if (place === undefined) return undefined;
    if (place.before <= at) break;
    first = place.jump > at ? place.jump : place.before;
  }
  const entry = log.get(first);
  if (entry?.previous === undefined) return undefined;
  return { key: entry.key, revision: entry.previous.revision, value: entry.previous.value };
};
