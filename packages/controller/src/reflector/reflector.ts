import type { KubeObject } from '@kcp/api-machinery';
import type { Logger, Meter } from '@kcp/telemetry';
import type { ObjectCache, Replacement } from '../cache/object-cache.ts';
import type { Clock } from '../clock.ts';
import { backoffMs } from './backoff.ts';
import { failureOf, type Failure } from './failure.ts';
import type { ListWatch, WatchEvent } from './list-watch.ts';
import { ReflectorMetrics } from './reflector-metrics.ts';
import { initialState, type Effect, type ReflectorEvent, type ReflectorState } from './reflector-state.ts';
import { ServerCall } from './server-call.ts';
import { step } from './table.ts';

/** How many objects a page of a list has (k8s.io/client-go tools/pager). */
const PAGE_SIZE = 500;

/** A watch lasts this long at least, by chance up to twice as long, so that not all clients come back at once. */
const WATCH_SECONDS = 300;

/**
 * A watch on which nothing came for so long is taken up again, whatever is the matter with it: servers send bookmarks about
 * once a minute, and going on from a revision costs one request. While the present is streamed, much sooner.
 */
const SILENCE_MS = 180_000;
const STREAM_SILENCE_MS = 30_000;

/** A page has to be there in this time; a whole list in four times as much. */
const PAGE_MS = 60_000;

/** What a reflector is made of. */
export interface ReflectorOptions<O extends KubeObject> {
  /** In logs and metrics; constant, such as `configmaps`. */
  readonly name: string;
  readonly listWatch: ListWatch<O>;
  /** Nobody else writes to it. */
  readonly cache: ObjectCache<O, string>;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly meter: Meter;
  /** False to list in pages from the start, rather than to try a watch that begins with the present (KEP-3157). */
  readonly streams?: boolean;
  /** About how many bytes the objects may take before that is said in the log; the cache goes on being complete. */
  readonly budgetBytes?: number;
  /** After how long without a word a watch is taken up again, in milliseconds. */
  readonly silenceMs?: number;
}

/**
 * Keeps a cache like the server has it: lists or streams the present, then watches, goes on where it was cut off and gets the
 * present anew where that cannot be. What follows from what is decided in `table.ts`; this carries it out. Stops when it is
 * disposed of, and no earlier: it comes back to a server that is away for as long as it takes.
 */
export class Reflector<O extends KubeObject> implements AsyncDisposable {
  readonly #options: ReflectorOptions<O>;
  readonly #logger: Logger;
  readonly #metrics: ReflectorMetrics;
  readonly #synced = Promise.withResolvers<void>();
  readonly #calls = new Set<Promise<void>>();
  #state: ReflectorState;
  #call: ServerCall | undefined;
  #wait: Disposable | undefined;
  #replacement: Replacement<O> = new Map();
  #isOverBudget = false;

  constructor(options: ReflectorOptions<O>) {
    this.#options = options;
    this.#logger = options.logger.child({ reflector: options.name });
    this.#metrics = new ReflectorMetrics(options.name, options.meter);
    this.#state = initialState(options.streams ?? true);
    this.#synced.promise.catch(() => {});
  }

  /** Fulfils when the cache holds the present for the first time; rejects when the reflector stops before. */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  /** What it is at; a value. */
  get state(): ReflectorState {
    return this.#state;
  }

  get cache(): ObjectCache<O, string> {
    return this.#options.cache;
  }

  /** Begins; further calls do nothing. */
  start(): void {
    this.#take({ kind: 'start', of: undefined });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#take({ kind: 'stop', of: undefined });
    this.#synced.reject(new Error(`the reflector ${this.#options.name} is stopped`));
    await Promise.all(this.#calls);
  }

  #take(event: ReflectorEvent, objects: readonly O[] = [], type: WatchEvent<O>['type'] = 'ADDED'): void {
    const { state, effects } = step(this.#state, event);
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect, objects, type);
    this.#metrics.holds(this.#options.cache);
    this.#mindBudget();
  }

  #carryOut(effect: Effect, objects: readonly O[], type: WatchEvent<O>['type']): void {
    const { cache } = this.#options;
    switch (effect.kind) {
      case 'list':
        return this.#open((call) => this.#list(call, effect), effect.isWhole ? 4 * PAGE_MS : PAGE_MS);
      case 'stream':
        return this.#open((call) => this.#watch(call, ''), STREAM_SILENCE_MS);
      case 'watch':
        return this.#open((call) => this.#watch(call, effect.revision), this.#options.silenceMs ?? SILENCE_MS);
      case 'wait':
        return this.#waitFor(Math.max(backoffMs(effect.failures, this.#options.random()), effect.atLeastMs));
      case 'hangUp':
        return this.#hangUp();
      case 'collect':
        return objects.forEach((object) => this.#try(() => cache.collect(this.#replacement, object)));
      case 'collectOne':
        return objects.forEach((object) =>
          this.#try(() =>
            type === 'DELETED' ? cache.uncollect(this.#replacement, object) : cache.collect(this.#replacement, object),
          ),
        );
      case 'discard':
        return void (this.#replacement = new Map());
      case 'replace':
        cache.replace(this.#replacement);
        return void (this.#replacement = new Map());
      case 'tell':
        return objects.forEach((object) =>
          this.#try(() => (type === 'DELETED' ? cache.delete(object) : cache.put(object))),
        );
      case 'synced':
        return this.#synced.resolve();
      case 'report':
        return this.#report(effect.failure);
      default:
        return effect satisfies never;
    }
  }

  async #list(call: ServerCall, { continue: token, isWhole }: Extract<Effect, { kind: 'list' }>): Promise<void> {
    this.#metrics.lists.add(1, this.#metrics.labels);
    try {
      const { items, metadata } = await this.#options.listWatch.list({
        limit: isWhole ? 0 : PAGE_SIZE,
        continue: token,
        resourceVersion: '',
        resourceVersionMatch: '',
        signal: call.signal,
      });
      if (call !== this.#call) return;
      const page = { revision: metadata.resourceVersion, next: metadata.continue ?? '' };
      this.#take({ kind: 'page', of: page }, items);
    } catch (error) {
      this.#fail(call, error, token !== '');
    }
  }

  /** Without a revision: the present first, as events. */
  async #watch(call: ServerCall, revision: string): Promise<void> {
    const { listWatch, clock, random, cache } = this.#options;
    this.#metrics.watches.add(1, this.#metrics.labels);
    const began = clock.now();
    let events = 0;
    try {
      const stream = listWatch.watch({
        resourceVersion: revision,
        ...(revision === '' && { sendInitialEvents: true }),
        resourceVersionMatch: revision === '' ? 'NotOlderThan' : '',
        allowWatchBookmarks: true,
        timeoutSeconds: Math.floor(WATCH_SECONDS * (1 + random())),
        signal: call.signal,
      });
      for await (const event of stream) {
        if (call !== this.#call) return;
        call.hear();
        events += 1;
        this.#hear(event);
        if (call !== this.#call) return;
        const room = cache.drained();
        if (room !== undefined) await call.hold(room);
      }
      if (call === this.#call) this.#take({ kind: 'ended', of: { ranMs: clock.now() - began, events } });
    } catch (error) {
      this.#fail(call, error, false);
    }
  }

  #hear(event: WatchEvent<O>): void {
    const { resourceVersion: revision = '', annotations } = event.object.metadata;
    if (event.type !== 'BOOKMARK') {
      this.#take({ kind: 'change', of: { revision } }, [event.object], event.type);
      return;
    }
    const endsPresent = annotations?.['k8s.io/initial-events-end'] === 'true';
    this.#take({ kind: 'bookmark', of: { revision, endsPresent } });
    if (this.#state.name === 'watching' && this.#call !== undefined) {
      this.#call.limitMs = this.#options.silenceMs ?? SILENCE_MS;
    }
  }

  #fail(call: ServerCall, error: unknown, continued: boolean): void {
    if (call === this.#call) this.#take({ kind: 'failed', of: { failure: failureOf(error), continued } });
  }

  #open(run: (call: ServerCall) => Promise<void>, limitMs: number): void {
    this.#hangUp();
    const call = new ServerCall({
      clock: this.#options.clock,
      limitMs,
      onSilence: () => {
        if (call === this.#call) this.#take({ kind: 'silent', of: undefined });
      },
    });
    this.#call = call;
    const done: Promise<void> = run(call).finally(() => void this.#calls.delete(done));
    this.#calls.add(done);
  }

  #hangUp(): void {
    this.#call?.[Symbol.dispose]();
    this.#call = undefined;
    this.#wait?.[Symbol.dispose]();
    this.#wait = undefined;
  }

  #waitFor(milliseconds: number): void {
    this.#wait = this.#options.clock.after(milliseconds, () => this.#take({ kind: 'elapsed', of: undefined }));
  }

  /** One object that cannot be kept does not keep the others out. */
  #try(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#metrics.failures.add(1, { ...this.#metrics.labels, reason: 'object' });
      this.#logger.error('An object is left out', { error });
    }
  }

  #report({ kind, error }: Failure): void {
    this.#metrics.failures.add(1, { ...this.#metrics.labels, reason: kind });
    if (kind === 'expired') this.#logger.info('The history to go on from is gone: getting everything anew', { error });
    else this.#logger.warn('A list or watch failed', { error, failuresInARow: this.#state.failures });
  }

  #mindBudget(): void {
    const { budgetBytes, cache } = this.#options;
    if (budgetBytes === undefined) return;
    const isOver = cache.bytes > budgetBytes;
    if (isOver && !this.#isOverBudget) {
      this.#logger.warn('The cache is over its budget', { bytes: cache.bytes, budgetBytes, objects: cache.size });
    }
    this.#isOverBudget = isOver;
  }
}
