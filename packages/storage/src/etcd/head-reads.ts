import { StoreUnavailableError, StoreUnusableError } from '../backend.ts';
import type { Layout } from './layout.ts';
import type { Connection } from './rpc/connection.ts';
import { failureOf } from './rpc/failure.ts';

/** What consistent reads are made of. */
export interface HeadReadsOptions {
  readonly connection: Connection;
  readonly layout: Layout;
  readonly readMs: number;
  /** Fulfils when the local copy holds everything up to a revision of etcd. */
  readonly reached: (modRevision: number, withinMs: number) => Promise<void>;
}

/** Waits for the local copy to hold every commit acknowledged so far: one get of the head for all who came before it was sent. */
export class HeadReads {
  readonly #options: HeadReadsOptions;
  /** Settles when the get that is under way is answered; never rejects. */
  #asking: Promise<unknown> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(options: HeadReadsOptions) {
    this.#options = options;
  }

  /** Rejects with StoreUnavailableError where that takes too long. */
  synced(): Promise<void> {
    this.#next ??= this.#read();
    return this.#next;
  }

  async #read(): Promise<void> {
    await this.#asking;
    // Who comes from now on may ask for a commit that this get does not see.
    this.#next = undefined;
    const { connection, layout, readMs, reached } = this.#options;
    const end = Date.now() + readMs;
    try {
      const answer = connection.ask('Range', { key: layout.head }, readMs);
      this.#asking = answer.catch(() => {});
      const head = (await answer).kvs[0];
      if (head !== undefined) await reached(Number(head.modRevision), Math.max(0, end - Date.now()));
    } catch (error) {
      const { kind, message } = failureOf(error);
      if (kind === 'stranger') throw new StoreUnusableError(message, { cause: error });
      throw new StoreUnavailableError(`etcd cannot be read: ${message}`, { outcome: 'none', cause: error });
    }
  }
}
