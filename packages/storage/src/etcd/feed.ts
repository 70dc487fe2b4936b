import type { Logger } from '@kcp/telemetry';
import type { Replayed } from '../commit-queue.ts';
import type { CommitId } from './head.ts';
import type { Layout } from './layout.ts';
import { pause } from './patience.ts';
import type { Connection, Stream } from './rpc/connection.ts';
import { EtcdError, failureOf } from './rpc/failure.ts';
import type { WatchResponse } from './rpc/messages.ts';
import type { Transaction } from './watch-events.ts';
import { transactionsOf } from './watch-events.ts';

/** Who takes what the feed brings. */
export interface FeedReader {
  /** Takes over a commit; settles when it is readable. Called in order, none twice, none left out. */
  replay(commit: Replayed): Promise<void>;
  /** A commit is readable. */
  applied(id: CommitId, modRevision: number): void;
  vacated(role: string): void;
  /** History after the position is gone up to a revision: gives the revision of etcd that the copy holds now. */
  compacted(revision: number): Promise<number>;
  /** The revision of etcd that the copy holds. */
  position(): number;
}

/** What a feed is made of. */
export interface FeedOptions {
  readonly connection: Connection;
  readonly layout: Layout;
  readonly reader: FeedReader;
  readonly requestMs: number;
  readonly logger: Logger;
}

/** The stream stands still while so many commits wait to be applied, and goes on at half of it. */
const MAX_PENDING = 2_000;
const PAUSE_MS = 200;
/** A stream that should have said something is given up after so long. */
const SILENCE_MS = 500;
/** After this it is looked whether anybody still wants a connection. */
const LOOK_MS = 1_000;

/**
 * Follows everything under the prefix: one watch, which after every interruption begins right after the last transaction that was handed on. So what an interruption takes away is delivered
 * again, and what was delivered before it is not.
 */
export class Feed implements AsyncDisposable {
  readonly #options: FeedOptions;
  readonly #over = new AbortController();
  readonly #done: Promise<void>;
  #waiters: { readonly modRevision: number; readonly resolve: () => void; readonly reject: (error: Error) => void }[] =
    [];
  /** Applied up to here. */
  #position: number;
  /** Handed on up to here. */
  #read: number;
  #pending = 0;
  /** Settles when all that was handed on is applied, or failed. */
  #applied: Promise<void> = Promise.resolve();
  #reloading: Promise<void> | undefined;
  #problem: string | undefined = 'not connected yet';
  #restart: ((error: EtcdError) => void) | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#position = options.reader.position();
    this.#read = this.#position;
    this.#done = this.#run();
  }

  /** Why nothing is followed; undefined where it is. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Fulfils when everything up to a revision of etcd is applied; the watch must have something to tell of that revision. Rejects where it was skipped, or `late` after so long. */
  async reached(modRevision: number, withinMs: number): Promise<void> {
    if (this.#position >= modRevision) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter = { modRevision, resolve, reject };
    this.#waiters.push(waiter);
    const before = this.#position;
    const timer = setTimeout(() => {
      reject(new EtcdError('unreachable', `the local copy does not follow etcd: ${this.#problem ?? 'it is behind'}`));
      // A stream that says nothing although there is something to say is no use.
      if (this.#position === before && withinMs >= SILENCE_MS)
        this.#restart?.(new EtcdError('unreachable', 'the watch stream is silent'));
    }, withinMs);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#waiters = this.#waiters.filter((other) => other !== waiter);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    this.#restart?.(new EtcdError('unreachable', 'the store is closed'));
    await this.#done;
    for (const { reject } of this.#waiters) reject(new EtcdError('unreachable', 'the store is closed'));
  }

  async #run(): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      try {
        await this.#follow();
      } catch (error) {
        if (signal.aborted) return;
        this.#problem = failureOf(error).message;
        this.#options.logger.debug('the watch stream ended', { error });
        await pause(PAUSE_MS, signal);
      }
    }
  }

  /** Follows until something fails; rejects with that. */
  async #follow(): Promise<never> {
    const { connection, layout, requestMs } = this.#options;
    await this.#reloading?.catch(() => {});
    this.#reloading = undefined;
    const client = await connection.connected(LOOK_MS);
    if (this.#over.signal.aborted) throw new EtcdError('unreachable', 'the store is closed');
    const stream = connection.stream('Watch', client);
    const ended = Promise.withResolvers<never>();
    const end = (error: unknown): void => ended.reject(failureOf(error));
    const late = setTimeout(() => end(new EtcdError('unreachable', 'no watch was created in time')), requestMs);
    this.#restart = end;
    stream.on('error', end).on('end', () => end(new EtcdError('unreachable', 'the watch stream was closed')));
    stream.on('data', (response: WatchResponse) => {
      if (response.created) clearTimeout(late);
      void this.#take(stream, response).catch(end);
    });
    stream.write({ create: { ...layout.all, startRevision: this.#read + 1, progressNotify: true } });
    try {
      return await ended.promise;
    } catch (error) {
      throw connection.failed(client, error);
    } finally {
      clearTimeout(late);
      this.#restart = undefined;
      stream.removeAllListeners('data').on('error', () => {});
      stream.cancel();
      await this.#applied;
      this.#read = this.#position;
    }
  }

  async #take(stream: Stream<'Watch'>, response: WatchResponse): Promise<void> {
    const { connection, layout } = this.#options;
    if (response.canceled) {
      this.#reloading = this.#canceled(stream, response);
      return this.#reloading;
    }
    connection.recognize(response.header);
    if (response.created) this.#problem = undefined;
    for (const transaction of transactionsOf(layout, response.events)) this.#hand(stream, transaction);
    // etcd says with an answer without events that there are none up to its revision.
    if (response.events.length > 0 || response.created) return;
    const upTo = Number(response.header.revision);
    this.#read = Math.max(this.#read, upTo);
    this.#applied = this.#applied.then(() => this.#advance(upTo));
  }

  #hand(stream: Stream<'Watch'>, { modRevision, commit, vacated, foreign }: Transaction): void {
    if (modRevision <= this.#read) return;
    const { reader, logger } = this.#options;
    this.#read = modRevision;
    if (foreign.length > 0) logger.error('somebody else wrote into the store: left out', { keys: foreign });
    const settled = commit === undefined ? undefined : reader.replay(commit);
    settled?.catch(() => {});
    this.#pending += 1;
    if (this.#pending === MAX_PENDING) stream.pause();
    const restart = this.#restart;
    this.#applied = this.#applied.then(async () => {
      try {
        await settled;
        if (this.#read < modRevision) return;
        if (commit?.id !== undefined) reader.applied(commit.id, modRevision);
        for (const role of vacated) reader.vacated(role);
        this.#advance(modRevision);
      } catch (error) {
        logger.error('the local copy cannot be written', { error });
        this.#read = this.#position;
        restart?.(new EtcdError('other', `the local copy cannot be written: ${String(error)}`));
      } finally {
        this.#pending -= 1;
        if (this.#pending === MAX_PENDING / 2) stream.resume();
      }
    });
  }

  #advance(modRevision: number): void {
    if (modRevision <= this.#position) return;
    this.#position = modRevision;
    for (const waiter of this.#waiters) if (waiter.modRevision <= modRevision) waiter.resolve();
  }

  async #canceled(stream: Stream<'Watch'>, { compactRevision, cancelReason }: WatchResponse): Promise<void> {
    const compacted = Number(compactRevision);
    if (compacted === 0) throw new EtcdError('other', cancelReason || 'etcd ended the watch without a reason');
    stream.pause();
    this.#problem = `etcd's history is compacted up to ${compacted}, the local copy is at ${this.#position}: it is loaded anew`;
    this.#options.logger.warn('the local copy is behind the history of etcd and is loaded anew', { compacted });
    await this.#applied;
    const position = await this.#options.reader.compacted(compacted);
    const gap = new EtcdError('compacted', 'the local copy was loaded anew meanwhile');
    for (const { reject } of this.#waiters.filter((waiter) => waiter.modRevision <= position)) reject(gap);
    this.#read = position;
    this.#advance(position);
    throw gap;
  }
}
