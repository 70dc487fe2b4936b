import { ApiError, type KubeObject } from '@kcp/api-machinery';
import type { Counter, Logger, Meter } from '@kcp/telemetry';
import type { Clock } from '../clock.ts';
import type { EventSink } from './event-sink.ts';
import { eventName, eventObject, namespaceOf, seriesPatch, type Occurrence, type Reporter } from './occurrence.ts';
import { SeriesBook, type Series } from './series-book.ts';
import { TokenBuckets } from './token-buckets.ts';

/** Of one object so many events may come at once, and one more every five minutes (k8s.io/client-go tools/record, spam filter). */
const PER_OBJECT = { burst: 25, refillMs: 300_000, limit: 1_000 };

/** How long a write may take, and after which failures it is tried again. */
const WRITE_MS = 10_000;
const RETRY_MS = 2_000;
const TRIES = 3;

/** How long stopping waits for what is still unwritten. */
const FLUSH_MS = 3_000;

/** What a recorder is made of. */
export interface EventRecorderOptions {
  readonly sink: EventSink;
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
}

/**
 * Says what happens to objects as Events. `record` returns at once and never throws: events are for people, and what is done
 * must not depend on whether it could be told. What happens again is counted in one event; what is too much is dropped and counted.
 */
export class EventRecorder implements AsyncDisposable {
  readonly #options: EventRecorderOptions;
  readonly #book = new SeriesBook();
  readonly #buckets = new TokenBuckets(PER_OBJECT);
  readonly #recorded: Counter;
  readonly #dropped: Counter;
  readonly #abort = new AbortController();
  #last = 0n;
  #writing: Promise<void> | undefined;
  #timer: Disposable | undefined;
  #wakeFromRetry: (() => void) | undefined;
  #isStopped = false;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    const { meter } = options;
    this.#recorded = meter.counter({ name: 'event_recorder_events_total', help: 'Events that happened.' });
    this.#dropped = meter.counter({
      name: 'event_recorder_dropped_total',
      help: 'Events that were not written.',
      labels: ['reason'],
    });
  }

  /** Something happened. */
  record(occurrence: Occurrence): void {
    if (this.#isStopped) return this.#dropped.add(1, { reason: 'stopped' });
    const now = this.#options.clock.now();
    this.#recorded.add(1);
    if (!this.#buckets.take(objectKey(occurrence), now)) return this.#dropped.add(1, { reason: 'rate' });
    const givenUp = this.#book.count(occurrence, now, () => eventName(occurrence, this.#unique(now)));
    if (givenUp !== undefined) this.#dropped.add(givenUp.count - givenUp.written, { reason: 'full' });
    this.#wake();
  }

  /** Writes what is unwritten, for a few seconds at most. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#timer?.[Symbol.dispose]();
    const limit = this.#options.clock.after(FLUSH_MS, () => {
      this.#abort.abort();
      this.#wakeFromRetry?.();
    });
    this.#wakeFromRetry?.();
    await this.#writing;
    for (const series of [...this.#book.unwritten()]) {
      if (this.#abort.signal.aborted) this.#giveUp(series, 'stopped');
      else await this.#write(series);
    }
    limit[Symbol.dispose]();
    this.#abort.abort();
  }

  /** Nanoseconds of the clock, or one more than the last time where that is no more. */
  #unique(now: number): bigint {
    const stamp = BigInt(Math.round(now * 1_000)) * 1_000n;
    this.#last = stamp > this.#last ? stamp : this.#last + 1n;
    return this.#last;
  }

  #wake(): void {
    if (this.#writing !== undefined || this.#isStopped) return;
    this.#timer?.[Symbol.dispose]();
    this.#writing = this.#writeDue().finally(() => {
      this.#writing = undefined;
      this.#sleep();
    });
  }

  /** Until a series that was written not long ago may be written again. */
  #sleep(): void {
    const next = this.#book.nextDue();
    if (next === undefined || this.#isStopped) return;
    this.#timer = this.#options.clock.after(next - this.#options.clock.now(), () => this.#wake());
  }

  /** One write at a time: however much happens, the server sees one request of ours. */
  async #writeDue(): Promise<void> {
    await Promise.resolve();
    for (;;) {
      const series = this.#isStopped ? undefined : this.#book.due(this.#options.clock.now());
      if (series === undefined) return;
      await this.#write(series);
    }
  }

  async #write(series: Series): Promise<void> {
    for (let tries = 1; ; tries++) {
      const { count } = series;
      try {
        await this.#send(series);
        series.written = count;
        series.writtenAt = this.#options.clock.now();
        return;
      } catch (error) {
        if (series.written === 0 && error instanceof ApiError && error.reason === 'AlreadyExists') {
          series.written = 1;
          series.writtenAt = this.#options.clock.now();
          return;
        }
        if (this.#abort.signal.aborted || tries === TRIES || !isPassing(error)) {
          this.#options.logger.debug('An event cannot be written', { error, reason: series.occurrence.reason });
          return this.#giveUp(series, this.#abort.signal.aborted ? 'stopped' : 'failed');
        }
        await this.#pause();
      }
    }
  }

  /** Creates the event, with its series where it happened several times before it could be written, or brings the series up to date. */
  async #send(series: Series): Promise<void> {
    const { sink, clock, reporter } = this.#options;
    const { occurrence, name, count, lastAt, written } = series;
    const address = { cluster: occurrence.cluster, namespace: namespaceOf(occurrence), name };
    const limit = new AbortController();
    const timer = clock.after(WRITE_MS, () => limit.abort());
    const signal = AbortSignal.any([limit.signal, this.#abort.signal]);
    try {
      if (written > 0) return await sink.patch(address, seriesPatch(count, lastAt), signal);
      const event = eventObject(occurrence, reporter, { name, at: lastAt });
      await sink.create(address, count === 1 ? event : { ...event, ...seriesPatch(count, lastAt) }, signal);
    } finally {
      timer[Symbol.dispose]();
    }
  }

  async #pause(): Promise<void> {
    if (this.#isStopped) return;
    await new Promise<void>((resolve) => {
      this.#wakeFromRetry = resolve;
      this.#options.clock.after(RETRY_MS, resolve);
    });
    this.#wakeFromRetry = undefined;
  }

  #giveUp(series: Series, reason: string): void {
    this.#book.drop(series);
    this.#dropped.add(series.count - series.written, { reason });
  }
}

function objectKey({ cluster, regarding }: { readonly cluster: string; readonly regarding: KubeObject }): string {
  const { uid, namespace = '', name = '' } = regarding.metadata;
  return uid ?? `${cluster}/${regarding.kind}/${namespace}/${name}`;
}

/** No answer, or one that another time may be better. */
function isPassing(error: unknown): boolean {
  return !(error instanceof ApiError) || error.code >= 500 || error.code === 429;
}
