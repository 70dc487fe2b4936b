import type { ChangeListener, CommitResult, Condition, Revision, Row, Write } from './backend.ts';
import { StoreUnusableError } from './backend.ts';
import { Batch } from './batch.ts';
import { checkWrites, fittingSequels } from './limits.ts';

/** What a queue writes into. */
export interface Tables {
  /** The newest durable row of a key. */
  current(key: string): Row | undefined;
  /** Makes a batch durable, then readable: all of it, or nothing and a rejection. */
  write(batch: Batch): Promise<void>;
  /** Called in the very step in which readers get to see what was written. */
  shown?(): void;
}

/** A commit that was decided elsewhere. */
export interface Replayed {
  readonly writes: readonly ReplayedWrite[];
  /** The newest revision of the commit, taken by a change or not. */
  readonly head: Revision;
}

/** One of its writes; no value stands for a deletion. */
export interface ReplayedWrite {
  readonly key: string;
  readonly revision: Revision;
  readonly value: Uint8Array | undefined;
}

/** How to begin. */
export interface CommitQueueOptions {
  readonly tables: Tables;
  /** The newest durable revision. */
  readonly head: Revision;
}

/** A batch is closed for more commits at this size. */
const MAX_BATCH_CHANGES = 250;
const MAX_BATCH_BYTES = 4 * 1024 * 1024;

/**
 * Decides commits one after another and makes many durable together. Revision and outcome are fixed at the call, against what was
 * decided before, durable or not; they are told only when they are durable. Where a batch fails, all that was decided on top of it fails.
 */
export class CommitQueue {
  readonly #tables: Tables;
  readonly #listeners = new Set<ChangeListener>();
  /** Not durable yet, oldest first. */
  #batches: Batch[] = [];
  #underWay: Batch | undefined;
  #head: Revision;
  #decided: Revision;
  #writing: Promise<void> | undefined;
  #closed: Error | undefined;

  constructor({ tables, head }: CommitQueueOptions) {
    this.#tables = tables;
    this.#head = head;
    this.#decided = head;
  }

  /** The newest durable revision. */
  get head(): Revision {
    return this.#head;
  }

  /** The batch that is being written: its rows may be visible in the tables already, but not to readers. */
  get underWay(): Batch | undefined {
    return this.#underWay;
  }

  /** See Backend.commit. */
  commit(
    conditions: readonly Condition[],
    writes: readonly Write[],
    sequels: readonly Write[] = [],
  ): Promise<CommitResult> {
    try {
      if (this.#closed !== undefined) throw this.#closed;
      checkWrites(writes);
      return this.#decide(conditions, writes, fittingSequels(writes, sequels));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Takes over a commit that was decided elsewhere, in order of revision. Settles as its batch; after a failure, what came after it has to be replayed again. */
  replay({ writes, head }: Replayed): Promise<void> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    const batch = this.#open();
    for (const { key, revision, value } of writes) {
      const previous = this.#newest(key);
      if (value !== undefined || previous !== undefined) batch.add({ key, revision, value, previous });
    }
    this.#decided = head;
    batch.head = head;
    this.#writing ??= this.#writeAll();
    return batch.settled;
  }

  /** Has the next batch written even if nothing is committed, for an engine that has work of its own to put into it. Settles as that batch. */
  nudge(): Promise<void> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    const batch = this.#open();
    batch.head = this.#decided;
    this.#writing ??= this.#writeAll();
    return batch.settled;
  }

  /** See Backend.subscribe. */
  subscribe(listener: ChangeListener): Disposable {
    const own: ChangeListener = (changes) => listener(changes);
    this.#listeners.add(own);
    return { [Symbol.dispose]: () => void this.#listeners.delete(own) };
  }

  /** Refuses further commits with this error and waits until all decided ones are settled. */
  async close(reason: Error = new StoreUnusableError('the store is closed')): Promise<void> {
    this.#closed ??= reason;
    await this.#writing;
  }

  async #decide(
    conditions: readonly Condition[],
    writes: readonly Write[],
    sequels: readonly Write[],
  ): Promise<CommitResult> {
    let seen: Batch | undefined;
    const read = new Map<string, Row | undefined>();
    for (const condition of conditions) {
      const batch = this.#pending(condition.key);
      const current = batch === undefined ? this.#tables.current(condition.key) : batch.after(condition.key);
      read.set(condition.key, current);
      if (batch !== undefined && batch.head > (seen?.head ?? 0)) seen = batch;
      if (!holds(condition, current)) {
        await batch?.settled;
        return { kind: 'refused', condition, current };
      }
    }
    if (writes.length === 0) {
      await seen?.settled;
      return { kind: 'committed', revisions: [] };
    }
    const batch = this.#open();
    const previous = writes.map(({ key }) => (read.has(key) ? read.get(key) : this.#newest(key)));
    const revisions = writes.map((write, at) => this.#add(batch, write, previous[at]));
    for (const sequel of sequels) revisions.push(this.#add(batch, sequel, batch.after(sequel.key)));
    batch.head = this.#decided;
    this.#writing ??= this.#writeAll();
    await batch.settled;
    return { kind: 'committed', revisions };
  }

  #add(batch: Batch, write: Write, previous: Row | undefined): Revision {
    const { key } = write;
    const revision = ++this.#decided;
    const value = write.kind === 'put' ? write.value : undefined;
    if (value !== undefined || previous !== undefined) batch.add({ key, revision, value, previous });
    return revision;
  }

  /** The batch that takes the next commit. */
  #open(): Batch {
    const last = this.#batches.at(-1);
    if (last !== undefined && last !== this.#underWay && !isFull(last)) return last;
    const batch = new Batch();
    this.#batches.push(batch);
    return batch;
  }

  async #writeAll(): Promise<void> {
    // One microtask later, so that commits made in one turn share a batch.
    await Promise.resolve();
    for (let batch = this.#batches[0]; batch !== undefined; batch = this.#batches[0]) {
      this.#underWay = batch;
      try {
        await this.#tables.write(batch);
      } catch (error) {
        this.#fail(error);
        break;
      }
      this.#batches.shift();
      this.#underWay = undefined;
      this.#head = batch.head;
      this.#tables.shown?.();
      if (batch.changes.length > 0) for (const listener of this.#listeners) listener(batch.changes);
      batch.succeed();
    }
    this.#writing = undefined;
  }

  #fail(error: unknown): void {
    const failed = this.#batches;
    this.#batches = [];
    this.#underWay = undefined;
    for (const batch of failed) batch.fail(error);
  }

  #newest(key: string): Row | undefined {
    const batch = this.#pending(key);
    return batch === undefined ? this.#tables.current(key) : batch.after(key);
  }

  /** The newest batch, decided and not durable, that writes a key. */
  #pending(key: string): Batch | undefined {
    for (let at = this.#batches.length - 1; at >= 0; at -= 1) {
      const batch = this.#batches[at];
      if (batch?.touches(key)) return batch;
    }
    return undefined;
  }
}

const isFull = (batch: Batch): boolean => batch.changes.length >= MAX_BATCH_CHANGES || batch.bytes >= MAX_BATCH_BYTES;

const holds = (condition: Condition, current: Row | undefined): boolean =>
  condition.kind === 'exists' ? current !== undefined : (current?.revision ?? 0) === condition.revision;
