import type { Backend, CommitResult, Condition, Write } from '../backend.ts';
import { StorageFullError, StoreUnavailableError, StoreUnusableError, TooLargeError } from '../backend.ts';
import { MAX_COMMIT_KEYS, checkWrites } from '../limits.ts';
import type { CommitId } from './head.ts';
import type { Layout } from './layout.ts';
import { modRevisionOf, revisionOf } from './layout.ts';
import type { EtcdTimeouts, EtcdTuning } from './options.ts';
import type { Connection } from './rpc/connection.ts';
import { EtcdError, failureOf } from './rpc/failure.ts';
import type { Session, SessionState } from './session.ts';
import type { Answer, Asked } from './transaction.ts';
import { answerOf, transactionOf } from './transaction.ts';
import { Turnstile } from './turnstile.ts';

/** What commits are made of. */
export interface CommitterOptions {
  readonly connection: Connection;
  readonly layout: Layout;
  readonly session: Session;
  readonly timeouts: EtcdTimeouts;
  readonly tuning: EtcdTuning;
  /** Fulfils when the local copy holds everything up to a revision of etcd. */
  readonly reached: (modRevision: number, withinMs: number) => Promise<void>;
  /** The local copy. */
  readonly copy: () => Pick<Backend, 'get' | 'head'>;
  /** Waits until the local copy holds every acknowledged commit. */
  readonly synced: () => Promise<void>;
}

/** A commit that was sent. */
interface Sent {
  readonly asked: Asked;
  readonly session: SessionState;
  readonly id: CommitId;
  readonly end: number;
}

/** After an overload, in milliseconds. */
const PAUSE_MS = 50;

/**
 * Makes commits into transactions of etcd and finds out what became of them. Where an answer is lost, the fence is put anew: what was sent before it either is in the history below the new fence, which the
 * watch stream tells, or cannot happen any more and is sent again.
 */
export class Committer {
  readonly #options: CommitterOptions;
  readonly #turnstile: Turnstile;
  /** What was sent by its number, and the revision of etcd at which the local copy got it. */
  readonly #applied = new Map<number, number>();
  #sequence = 0;
  #running = new Set<Promise<unknown>>();
  #closed: Error | undefined;

  constructor(options: CommitterOptions) {
    this.#options = options;
    this.#turnstile = new Turnstile(options.tuning.inFlight);
  }

  /** See Backend.commit. */
  commit(conditions: readonly Condition[], writes: readonly Write[]): Promise<CommitResult> {
    try {
      if (this.#closed !== undefined) throw this.#closed;
      checkWrites(writes);
      if (conditions.length > MAX_COMMIT_KEYS + 20)
        throw new TooLargeError(`a commit with ${conditions.length} conditions`);
      if (this.#turnstile.held >= this.#options.tuning.waiting) {
        throw new StoreUnavailableError('too many commits wait for etcd', { outcome: 'none' });
      }
    } catch (error) {
      return Promise.reject(error);
    }
    const end = Date.now() + this.#options.timeouts.commitMs;
    const passage = { writes: writes.map(({ key }) => key), reads: conditions.map(({ key }) => key) };
    const done = this.#turnstile.pass(passage, () => this.#commit({ conditions, writes }, end));
    this.#running.add(done);
    const forget = (): void => void this.#running.delete(done);
    done.then(forget, forget);
    return done;
  }

  /** The watch stream told of a commit, and the local copy has it. */
  applied({ session, sequence }: CommitId, modRevision: number): void {
    if (session === this.#options.session.id && this.#applied.has(sequence)) this.#applied.set(sequence, modRevision);
  }

  /** Refuses further commits and waits until all are settled. */
  async close(): Promise<void> {
    this.#closed ??= new StoreUnusableError('the store is closed');
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  async #commit(asked: Asked, end: number): Promise<CommitResult> {
    const impossible = await this.#impossible(asked.conditions);
    if (impossible !== undefined) return impossible;
    for (;;) {
      if (left(end) === 0) throw notDone(new EtcdError('busy', 'its turn did not come in time'));
      const sent = await this.#prepare(asked, end);
      this.#applied.set(sent.id.sequence, 0);
      try {
        const answer = await this.#send(sent);
        if (answer === undefined) continue;
        if (answer.kind === 'fenced') {
          await this.#renew(sent);
          continue;
        }
        return await this.#settle(answer, sent);
      } finally {
        this.#applied.delete(sent.id.sequence);
      }
    }
  }

  /**
   * etcd compares revisions of its own, which all writes of a commit share: whether the position in the commit is right too must be known before. The local copy holds everything up to the
   * revision asked for, so it knows.
   */
  async #impossible(conditions: readonly Condition[]): Promise<CommitResult | undefined> {
    const { copy, synced } = this.#options;
    for (const condition of conditions) {
      if (condition.kind !== 'revision' || condition.revision === 0) continue;
      if (condition.revision > copy().head()) await synced();
      const current = copy().get(condition.key);
      if (current === undefined || current.revision === condition.revision) continue;
      if (modRevisionOf(current.revision) === modRevisionOf(condition.revision)) {
        return { kind: 'refused', condition, current };
      }
    }
    return undefined;
  }

  async #renew({ session, end }: Sent): Promise<void> {
    try {
      await this.#options.session.renew(session, left(end));
    } catch (error) {
      throw notDone(error);
    }
  }

  async #prepare(asked: Asked, end: number): Promise<Sent> {
    const { session } = this.#options;
    try {
      const state = await session.current(left(end));
      this.#sequence += 1;
      return { asked, session: state, id: { session: state.id, sequence: this.#sequence }, end };
    } catch (error) {
      throw notDone(error);
    }
  }

  /** Undefined where nothing happened and it may be tried again. */
  async #send(sent: Sent): Promise<Answer | undefined> {
    const { connection, layout, timeouts } = this.#options;
    const { asked, session, id, end } = sent;
    let client;
    try {
      client = await connection.connected(left(end));
    } catch (error) {
      throw notDone(error);
    }
    try {
      const withinMs = Math.max(1, Math.min(timeouts.requestMs, left(end)));
      const request = transactionOf(layout, asked, { session, id });
      return answerOf(asked, session, await connection.call('Txn', request, { client, withinMs }));
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind === 'unreachable') return this.#findOut(sent, failure);
      if (failure.kind !== 'busy' || left(end) <= PAUSE_MS) throw notDone(failure);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      return undefined;
    }
  }

  async #findOut({ session, id, end }: Sent, failure: EtcdError): Promise<Answer | undefined> {
    try {
      const { fence } = await this.#options.session.renew(session, left(end));
      await this.#options.reached(fence, left(end));
    } catch (cause) {
      if (failureOf(cause).kind === 'stranger') throw notDone(cause);
      throw unknown(
        `etcd's answer was lost (${failure.message}), and what became of the commit cannot be found out`,
        cause,
      );
    }
    const modRevision = this.#applied.get(id.sequence) ?? 0;
    return modRevision > 0 ? { kind: 'committed', modRevision } : undefined;
  }

  async #settle(answer: Exclude<Answer, { kind: 'fenced' }>, { asked, end }: Sent): Promise<CommitResult> {
    const { reached } = this.#options;
    if (answer.kind === 'refused') {
      const { condition, current, head } = answer;
      try {
        await reached(head, left(end));
      } catch (error) {
        throw notDone(error);
      }
      return { kind: 'refused', condition, current };
    }
    if (asked.writes.length === 0) return { kind: 'committed', revisions: [] };
    try {
      await reached(answer.modRevision, left(end));
    } catch (cause) {
      // It is not told as done: who reads here next would not find it.
      throw unknown('the commit is done, but the local copy does not follow', cause);
    }
    return { kind: 'committed', revisions: asked.writes.map((_, at) => revisionOf(answer.modRevision, at)) };
  }
}

const left = (end: number): number => Math.max(0, end - Date.now());

const unknown = (message: string, cause: unknown): StoreUnavailableError =>
  new StoreUnavailableError(`${message}: ${failureOf(cause).message}`, { outcome: 'unknown', cause });

/** A failure after which it is sure that nothing happened. */
const notDone = (error: unknown): Error => {
  if (error instanceof StoreUnavailableError) return error;
  const failure = failureOf(error);
  if (failure.kind === 'full') {
    return new StorageFullError(
      "etcd's quota is used up: nothing can be written until it is compacted, defragmented and its alarm disarmed",
      { cause: error },
    );
  }
  if (failure.kind === 'stranger') return new StoreUnusableError(failure.message, { cause: error });
  if (failure.kind === 'too large') return new TooLargeError(`etcd refuses a commit of this size: ${failure.message}`);
  return new StoreUnavailableError(`etcd cannot be written: ${failure.message}`, { outcome: 'none', cause: error });
};
