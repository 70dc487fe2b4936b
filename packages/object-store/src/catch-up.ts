import type { Clock } from '@kcp/controller';
import type { Backend } from '@kcp/storage';
import { CompactedError } from '@kcp/storage';
import type { Changes } from './change.ts';
import { bucketOf } from './keys.ts';
import { isWatched, watchedPrefix, watchedScope } from './selection.ts';
import { tooOldToWatch } from './storage-error.ts';
import type { Watcher } from './watcher.ts';

/** The past is read so many changes at a time. */
const PAGE = 250;

/** Reading the past gives way to other work of the process after so long. */
const SLICE_MS = 5;

/**
 * Leads watchers that are behind up to the newest revision and makes them live, a page at a time in turns. A watcher becomes live
 * in the same step in which it has been told all there is, so nothing is lost in between; what it was told is not told again,
 * because it knows its position.
 */
export class CatchUp implements Disposable {
  readonly #backend: Backend;
  readonly #changes: Changes;
  readonly #clock: Clock;
  readonly #behind = new Set<Watcher>();
  #turn: NodeJS.Immediate | undefined;

  constructor({
    backend,
    changes,
    clock,
  }: {
    readonly backend: Backend;
    readonly changes: Changes;
    readonly clock: Clock;
  }) {
    this.#backend = backend;
    this.#changes = changes;
    this.#clock = clock;
  }

  add(watcher: Watcher): void {
    watcher.state = 'behind';
    this.#behind.add(watcher);
    this.#turn ??= setImmediate(() => this.#run());
  }

  /** The watcher goes on from the log when its listener is ready for more. */
  park(watcher: Watcher, drained: Promise<void>): void {
    watcher.state = 'behind';
    drained.then(
      () => {
        if (watcher.state === 'behind') this.add(watcher);
      },
      (error: unknown) => watcher.lose(asError(error)),
    );
  }

  remove(watcher: Watcher): void {
    this.#behind.delete(watcher);
  }

  [Symbol.dispose](): void {
    if (this.#turn) clearImmediate(this.#turn);
    this.#behind.clear();
  }

  /** A watcher that is added again while this goes on comes after the others. */
  #run(): void {
    this.#turn = undefined;
    const end = this.#clock.now() + SLICE_MS;
    for (const watcher of this.#behind) {
      this.#behind.delete(watcher);
      this.#step(watcher);
      if (this.#clock.now() > end) break;
    }
    if (this.#behind.size > 0) this.#turn ??= setImmediate(() => this.#run());
  }

  #step(watcher: Watcher): void {
    try {
      this.#readPage(watcher);
    } catch (error) {
      const { position } = watcher;
      watcher.lose(error instanceof CompactedError ? tooOldToWatch(position, error.compacted) : asError(error));
    }
    if (watcher.state !== 'behind') return;
    const drained = watcher.drained();
    if (drained !== undefined) this.park(watcher, drained);
    else if (watcher.position < this.#backend.head()) this.add(watcher);
    else this.#goLive(watcher);
  }

  #readPage(watcher: Watcher): void {
    const { options } = watcher;
    const upTo = this.#backend.head();
    if (watcher.position >= upTo) return;
    const scope = watchedScope(options);
    if (scope === undefined || this.#backend.newest(scope) > watcher.position) {
      const page = this.#backend.changes({
        prefix: watchedPrefix(options),
        after: watcher.position,
        upTo,
        limit: PAGE,
      });
      for (const change of page.changes) {
        if (isWatched(options, change.key))
          watcher.event(this.#changes.of(options.bucket ?? bucketOf(change.key), change));
        if (watcher.state !== 'behind') return;
        watcher.position = change.revision;
      }
      if (page.more) return;
    }
    watcher.position = upTo;
  }

  #goLive(watcher: Watcher): void {
    watcher.state = 'live';
    watcher.progress(this.#backend.head());
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error('the store failed', { cause: error });
}
