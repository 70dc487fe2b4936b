import { ApiError, expired } from '@kcp/api-machinery';
import type { ObjectChange, ObjectReader, Watch, WatchListener, WatchOptions } from '@kcp/object-store';

/** So many events wait for others before them; with more the watch is lost, and begun anew by who watches. */
const MOST_WAITING = 10_000;

/**
 * Several watches as one that is told everything in the order of revisions. While one of them still reads the past, what the others tell
 * waits; once all are up to date the store itself tells in order. What the listener throws ends the watch, as what comes out of order nevertheless ends the watch: who watches starts over.
 */
export function orderedWatch(
  store: Pick<ObjectReader, 'watch'>,
  selections: readonly WatchOptions[],
  listener: WatchListener,
): Watch {
  return new OrderedWatch(store, selections, listener);
}

class OrderedWatch implements Watch {
  readonly #listener: WatchListener;
  readonly #watches: Watch[] = [];
  readonly #behind = new Set<WatchOptions>();
  #waiting: ObjectChange[] = [];
  #told: number;
  #isOver = false;

  constructor(store: Pick<ObjectReader, 'watch'>, selections: readonly WatchOptions[], listener: WatchListener) {
    this.#listener = listener;
    this.#told = Math.min(...selections.map(({ after }) => after));
    for (const selection of selections) this.#behind.add(selection);
    try {
      for (const selection of selections) this.#watches.push(store.watch(selection, this.#part(selection)));
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  position(): number {
    return this.#behind.size > 0 ? this.#told : Math.min(...this.#watches.map((watch) => watch.position()));
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#waiting = [];
    for (const watch of this.#watches) watch[Symbol.dispose]();
  }

  #part(selection: WatchOptions): WatchListener {
    return {
      event: (change) => this.#event(change),
      progress: (revision) => this.#progress(selection, revision),
      lost: (error) => this.#lose(error),
    };
  }

  #event(change: ObjectChange): void {
    if (this.#isOver) return;
    if (this.#behind.size === 0) return this.#tell(change);
    if (this.#waiting.push(change) > MOST_WAITING) this.#lose(expired('too much happened while the past was read'));
  }

  #tell(change: ObjectChange): void {
    const { revision } = change.object;
    if (revision < this.#told) return this.#lose(expired(`an event of revision ${revision} came late`));
    this.#told = revision;
    try {
      this.#listener.event(change);
    } catch (error) {
      // what nobody expected is for the store to note: it ends the watch, too
      if (!(error instanceof ApiError)) throw error;
      this.#lose(error);
    }
  }

  #progress(selection: WatchOptions, revision: number): void {
    if (this.#isOver) return;
    if (this.#behind.delete(selection) && this.#behind.size === 0) {
      const waiting = this.#waiting.sort((a, b) => a.object.revision - b.object.revision);
      this.#waiting = [];
      for (const change of waiting) this.#tell(change);
    }
    if (this.#behind.size === 0 && !this.#isOver) this.#listener.progress(Math.min(revision, this.position()));
  }

  #lose(error: Error): void {
    if (this.#isOver) return;
    this[Symbol.dispose]();
    this.#listener.lost(error);
  }
}
