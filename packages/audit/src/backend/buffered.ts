import type { AuditEvent } from '../event/audit-event.ts';
import type { AuditFailures } from '../failures.ts';
import type { AuditClock, Backend } from './backend.ts';
import { EventQueue } from './event-queue.ts';
import { TokenBucket, type Rate } from './token-bucket.ts';

/** How events are gathered before they go on. */
export interface BatchOptions {
  /** The most events that wait; further ones are dropped and counted. */
  readonly bufferSize: number;
  /** The most events that go together. */
  readonly maxSize: number;
  /** How long events wait for others, in milliseconds. */
  readonly maxWaitMs: number;
  /** How often a batch may go; undefined: as often as there is one. */
  readonly throttle: Rate | undefined;
}

/** What gathering needs. */
export interface BufferedOptions {
  readonly batch: BatchOptions;
  /** The most batches that are under way at once. */
  readonly concurrency: number;
  /** The most bytes of one batch; a single event may be larger. */
  readonly maxBatchBytes: number;
  readonly clock: AuditClock;
  readonly failures: AuditFailures;
}

/**
 * Takes events at once and brings them to another backend later, several together: mode `batch`. What waits is bounded by
 * number and bytes; what does not fit is dropped, counted and told.
 */
export class BufferedBackend implements Backend {
  readonly #backend: Backend;
  readonly #options: BufferedOptions;
  readonly #queue: EventQueue;
  readonly #bucket: TokenBucket | undefined;
  readonly #idle = Promise.withResolvers<void>();
  #underWay = 0;
  #timer: Disposable | undefined;
  /** When the oldest waiting event has waited long enough. */
  #due = Infinity;
  #closing = false;

  constructor(backend: Backend, options: BufferedOptions) {
    this.#backend = backend;
    this.#options = options;
    this.#queue = new EventQueue(options.batch.bufferSize);
    const { throttle } = options.batch;
    this.#bucket = throttle && new TokenBucket(throttle, options.clock.now());
  }

  process(events: readonly AuditEvent[]): boolean {
    const { failures, clock, batch } = this.#options;
    let dropped = 0;
    for (const event of events) {
      if (this.#closing || !this.#queue.push(event)) dropped += 1;
    }
    if (dropped > 0)
      failures.report(
        'buffered',
        new Error(this.#closing ? 'audit backend shut down' : 'audit buffer queue blocked'),
        dropped,
      );
    if (this.#due === Infinity && this.#queue.length > 0) this.#due = clock.now() + batch.maxWaitMs;
    this.#pump();
    return true;
  }

  async close(deadline: AbortSignal): Promise<void> {
    this.#closing = true;
    const giveUp = (): void => {
      const lost = this.#queue.clear();
      if (lost > 0)
        this.#options.failures.report('buffered', new Error('the server stopped before they were sent'), lost);
      this.#idle.resolve();
    };
    deadline.addEventListener('abort', giveUp, { once: true });
    if (deadline.aborted) giveUp();
    this.#pump();
    await this.#idle.promise;
    deadline.removeEventListener('abort', giveUp);
    this.#timer?.[Symbol.dispose]();
    await this.#backend.close(deadline);
  }

  /** Sends what may be sent now, and sees to it that the rest is looked at in time. */
  #pump(): void {
    const { concurrency, clock } = this.#options;
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    while (this.#queue.length > 0 && this.#underWay < concurrency) {
      const now = clock.now();
      const wait = this.#isReady(now) ? this.#throttled(now) : this.#due - now;
      if (wait > 0) {
        this.#timer = clock.after(wait, () => this.#pump());
        return;
      }
      this.#send(now);
    }
    if (this.#closing && this.#queue.length === 0 && this.#underWay === 0) this.#idle.resolve();
  }

  #isReady(now: number): boolean {
    const { maxSize } = this.#options.batch;
    return this.#closing || this.#queue.length >= maxSize || now >= this.#due;
  }

  #throttled(now: number): number {
    return this.#closing ? 0 : (this.#bucket?.take(now) ?? 0);
  }

  #send(now: number): void {
    const { batch, maxBatchBytes } = this.#options;
    const events = this.#queue.take(batch.maxSize, maxBatchBytes);
    this.#due = this.#queue.length > 0 ? now + batch.maxWaitMs : Infinity;
    this.#underWay += 1;
    void Promise.resolve(this.#backend.process(events)).then(() => {
      this.#underWay -= 1;
      this.#pump();
    });
  }
}
