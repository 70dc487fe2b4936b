import { setImmediate } from 'node:timers/promises';
import type {
  Backend,
  ChangePage,
  ChangesOptions,
  ChangeListener,
  CommitResult,
  Page,
  RangeOptions,
  Revision,
  Row,
} from '../backend.ts';
import { CompactedError, FutureRevisionError } from '../backend.ts';
import type { Batch } from '../batch.ts';
import { CommitQueue } from '../commit-queue.ts';
import { alwaysLeader } from '../leadership.ts';
import { assertScope } from '../key.ts';
import { ChangeLog } from './change-log.ts';
import { readSnapshot, writeSnapshot } from './snapshot.ts';
import { Versions } from './versions.ts';

/** How to open a store in memory. */
export interface MemoryStoreOptions {
  /** A folder that `snapshot` of such a store wrote; empty where absent. */
  readonly from?: string;
}

/**
 * A store that lives as long as its process, for tests and for trying things. "Durable" is one turn of the event loop after the commit, so that whoever
 * works with it meets the same order of things as with a store on disk. Throws StoreUnusableError where `from` holds no snapshot.
 */
export const openMemoryStore = async (options: MemoryStoreOptions = {}): Promise<Backend> =>
  new MemoryStore(options.from === undefined ? { head: 0, rows: [] } : await readSnapshot(options.from));

class MemoryStore implements Backend {
  readonly leadership = alwaysLeader();
  readonly #versions = new Versions();
  readonly #log = new ChangeLog();
  readonly #queue: CommitQueue;
  #compacted: Revision;

  constructor({ head, rows }: { readonly head: Revision; readonly rows: readonly Row[] }) {
    for (const row of rows.toSorted((left, right) => left.revision - right.revision)) {
      this.#versions.put({ ...row, previous: undefined });
      this.#log.append({ ...row, previous: undefined });
    }
    this.#log.dropUpTo(head);
    this.#compacted = head;
    const current = (key: string): Row | undefined => this.#versions.get(key, Infinity);
    this.#queue = new CommitQueue({ tables: { current, write: (batch) => this.#write(batch) }, head });
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
    return this.#versions.get(key, this.#readable(at));
  }

  range(options: RangeOptions): Page {
    return this.#versions.range(options, this.#readable(options.at));
  }

  count(options: Omit<RangeOptions, 'limit'> & { readonly limit?: number }): number {
    return this.range(options).rows.length;
  }

  newest(prefix: string): Revision {
    assertScope(prefix);
    return this.#log.newest(prefix, this.#queue.head);
  }

  commit(...asked: Parameters<Backend['commit']>): Promise<CommitResult> {
    return this.#queue.commit(...asked);
  }

  changes(options: ChangesOptions): ChangePage {
    this.#readable(options.after);
    this.#readable(options.upTo);
    return this.#log.read(options);
  }

  subscribe(listener: ChangeListener): Disposable {
    return this.#queue.subscribe(listener);
  }

  async compact(revision: Revision): Promise<void> {
    if (revision <= this.#compacted) return;
    this.#compacted = this.#readable(revision);
    for (const { key } of this.#log.dropUpTo(revision)) this.#versions.compact(key, revision);
  }

  async snapshot(folder: string): Promise<Revision> {
    const { rows, revision } = this.range({ prefix: '' });
    await writeSnapshot(folder, { head: revision, rows });
    return revision;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue.close();
  }

  /** The revision to read at. Throws where it is outside the window. */
  #readable(at: Revision | undefined): Revision {
    const head = this.#queue.head;
    if (at === undefined) return head;
    if (at < this.#compacted) throw new CompactedError(this.#compacted);
    if (at > head) throw new FutureRevisionError(head);
    return at;
  }

  async #write(batch: Batch): Promise<void> {
    await setImmediate();
    for (const change of batch.changes) {
      this.#versions.put(change);
      this.#log.append(change);
    }
  }
}
