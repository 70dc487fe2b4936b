import type { Revision } from '../backend.ts';
import type { Demand } from './headroom.ts';
import { indexKey } from './revision-index.ts';
import type { Tables } from './tables.ts';
import { META } from './tables.ts';

/** How many log entries one transaction drops: some milliseconds of work. */
const ENTRIES = 200;

/** Dropping entries dirties pages too: those of the entries' neighbours. */
export const TRIM_DEMAND: Demand = { bytes: 2 * 1024 * 1024, contiguous: 0, urgent: true };

/**
 * Drops the log up to a revision with all that hangs on it: index entries, and superseded bytes, each of which has a newer version of its key at or below that revision, namely
 * the write whose log entry holds it. In small steps, which share the transactions of commits where there are any; what a broken run leaves over, the next one drops.
 */
export class Trim {
  readonly #tables: Tables;
  readonly #upTo: Revision;
  #more = true;
  #step = 0;
  #steps = 0;

  constructor(tables: Tables, upTo: Revision) {
    this.#tables = tables;
    this.#upTo = upTo;
  }

  /** How many steps are durable. */
  get steps(): number {
    return this.#steps;
  }

  get done(): boolean {
    return !this.#more;
  }

  /** Puts one step into a transaction, before the commits of that. */
  write(): void {
    const { log, meta } = this.#tables;
    const revisions = [...log.getKeys({ start: 0, end: this.#upTo + 1, limit: ENTRIES })];
    this.#step = revisions.length;
    void meta.put(META.compacted, this.#upTo);
    for (const revision of revisions) dropEntry(this.#tables, revision);
  }

  /** The transaction is durable. */
  written(): void {
    this.#steps += 1;
    this.#more = this.#step === ENTRIES;
  }
}

const dropEntry = (tables: Tables, revision: Revision): void => {
  const { gone, log, index } = tables;
  const entry = log.get(revision);
  if (entry === undefined) return;
  void index.remove(indexKey(tables, entry.key, revision));
  void log.remove(revision);
  if (entry.deleted && gone.get(entry.key) === revision) void gone.remove(entry.key);
};
