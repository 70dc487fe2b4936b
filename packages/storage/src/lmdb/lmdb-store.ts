import type { Logger } from '@kcp/telemetry';
import type {
  Backend,
  ChangeListener,
  ChangePage,
  ChangesOptions,
  CommitResult,
  Page,
  RangeOptions,
  Revision,
  Row,
} from '../backend.ts';
import { CompactedError, FutureRevisionError, StoreUnusableError } from '../backend.ts';
import { scopesOf } from '../key.ts';
import type { Batch } from '../batch.ts';
import type { Replayed } from '../commit-queue.ts';
import { CommitQueue } from '../commit-queue.ts';
import { alwaysLeader } from '../leadership.ts';
import { writeFailure } from './failure.ts';
import type { Headroom } from './headroom.ts';
import { currentRow, rowAt } from './lineage.ts';
import { NewestRevisions } from './newest.ts';
import { countRange, readRange } from './range.ts';
import { readChanges } from './read-changes.ts';
import { writeSnapshot } from './snapshot.ts';
import type { Tables } from './tables.ts';
import { DICTIONARY, META } from './tables.ts';
import { TRIM_DEMAND, Trim } from './trim.ts';
import { demandOf, scopesOfBatch, writeBatch } from './write-batch.ts';

/** The parts of a store that was opened. */
export interface LmdbStoreParts {
  readonly tables: Tables;
  readonly headroom: Headroom;
  readonly logger: Logger;
  /** Given back when the store is closed, last first. */
  readonly resources: AsyncDisposableStack;
}

/** See openLmdbStore. */
export class LmdbStore implements Backend {
  readonly leadership = alwaysLeader();
  readonly #tables: Tables;
  readonly #headroom: Headroom;
  readonly #logger: Logger;
  readonly #resources: AsyncDisposableStack;
  readonly #queue: CommitQueue;
  readonly #newest: NewestRevisions;
  #compacted: Revision;
  /** What the next transactions drop besides. */
  #trim: Trim | undefined;
  /** Compactions and snapshots wait for each other. */
  #upkeep: Promise<unknown> = Promise.resolve();

  constructor({ tables, headroom, logger, resources }: LmdbStoreParts) {
    this.#tables = tables;
    this.#headroom = headroom;
    this.#logger = logger;
    this.#resources = resources;
    this.#compacted = tables.meta.get(META.compacted) ?? 0;
    this.#newest = new NewestRevisions(tables, tables.meta.get(META.floor));
    // Where nothing was ever written, as in every new logical cluster, nothing is: what a commit writes into is looked up anyway, and then known.
    const current = (key: string): Row | undefined =>
      this.#newest.of(scopesOf(key).cluster) === 0 ? undefined : currentRow(tables, key);
    const head = tables.meta.get(META.head) ?? 0;
    const write = (batch: Batch): Promise<void> => this.#write(batch);
    this.#queue = new CommitQueue({ tables: { current, write, shown: () => this.#newest.succeed() }, head });
  }

  head(): Revision {
    return this.#queue.head;
  }

  compacted(): Revision {
    return this.#compacted;
  }

  synced(): undefined {
    return undefined;
  }

  problem(): undefined {
    return undefined;
  }

  get(key: string, at?: Revision): Row | undefined {
    if (at !== undefined) return rowAt(this.#tables, key, this.#readable(at));
    const underWay = this.#queue.underWay;
    return underWay?.touches(key) === true ? underWay.before(key) : currentRow(this.#tables, key);
  }

  range({ prefix, after, limit = Infinity, at }: RangeOptions): Page {
    return readRange(this.#tables, { prefix, after, limit, at: this.#readable(at) });
  }

  count({ prefix, after, limit = Infinity, at }: RangeOptions): number {
    return countRange(this.#tables, { prefix, after, limit, at: this.#readable(at) });
  }

  newest(prefix: string): Revision {
    return this.#newest.of(prefix);
  }

  commit(...asked: Parameters<Backend['commit']>): Promise<CommitResult> {
    return this.#queue.commit(...asked);
  }

  /** See CommitQueue.replay; for a store that is a copy of another. */
  replay(commit: Replayed): Promise<void> {
    return this.#queue.replay(commit);
  }

  changes(options: ChangesOptions): ChangePage {
    this.#readable(options.after);
    this.#readable(options.upTo);
    return readChanges(this.#tables, options);
  }

  subscribe(listener: ChangeListener): Disposable {
    return this.#queue.subscribe(listener);
  }

  compact(revision: Revision): Promise<void> {
    return this.#afterUpkeep(async () => {
      if (revision <= this.#compacted) return;
      this.#compacted = this.#readable(revision);
      await this.#run(new Trim(this.#tables, revision));
    });
  }

  snapshot(folder: string): Promise<Revision> {
    const samples = this.#tables.dictionary?.get(DICTIONARY);
    return this.#afterUpkeep(() => writeSnapshot(this, folder, { logger: this.#logger, samples }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue.close();
    await this.#upkeep.catch(() => {});
    await this.#resources.disposeAsync();
  }

  /** The revision to read at. Throws where it is outside the window. */
  #readable(at: Revision | undefined): Revision {
    const head = this.#queue.head;
    if (at === undefined) return head;
    if (at < this.#compacted) throw new CompactedError(this.#compacted);
    if (at > head) throw new FutureRevisionError(head);
    return at;
  }

  #afterUpkeep<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#upkeep.then(work, work);
    this.#upkeep = result;
    return result;
  }

  async #run(trim: Trim): Promise<void> {
    this.#trim = trim;
    try {
      while (!trim.done) {
        const { steps } = trim;
        try {
          await this.#queue.nudge();
        } catch (error) {
          // It may be the commits that failed, for want of room, and not the trimming.
          if (trim.steps === steps) throw error;
        }
      }
    } finally {
      this.#trim = undefined;
    }
  }

  async #write(batch: Batch): Promise<void> {
    const trim = this.#trim;
    try {
      await this.#headroom.ensure(batch.changes.length === 0 ? TRIM_DEMAND : demandOf(batch));
    } catch (refusal) {
      if (trim !== undefined && batch.changes.length > 0) await this.#trimAlone(trim);
      throw refusal;
    }
    const scopes = scopesOfBatch(batch);
    this.#newest.begin(scopes);
    try {
      await this.#transact(() => {
        trim?.write();
        writeBatch(this.#tables, batch, scopes);
      });
    } catch (failure) {
      this.#newest.fail();
      throw failure;
    }
    trim?.written();
  }

  async #trimAlone(trim: Trim): Promise<void> {
    await this.#headroom.ensure(TRIM_DEMAND);
    await this.#transact(() => trim.write());
    trim.written();
  }

  async #transact(work: () => void): Promise<void> {
    try {
      await this.#tables.env.batch(work);
    } catch (error) {
      const failure = await writeFailure(error);
      if (failure instanceof StoreUnusableError) {
        this.#logger.error('the store is unusable', { error: failure });
        void this.#queue.close(failure);
      }
      throw failure;
    } finally {
      this.#tables.env.resetReadTxn();
    }
  }
}
