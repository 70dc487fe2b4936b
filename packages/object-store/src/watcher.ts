import type { Revision } from '@kcp/storage';
import type { ObjectChange, WatchListener } from './object-store.ts';
import type { Watched } from './selection.ts';

/** What a watcher needs of the place that keeps it. */
export interface WatcherHome {
  /** Everything up to this revision has been told to those that are live. */
  told(): Revision;
  /** The watcher is over and to be forgotten. */
  release(watcher: Watcher): void;
  /** Its listener threw. */
  threw(watcher: Watcher, error: unknown): void;
}

/**
 * One who watches. Behind: what it has yet to be told is read from the log. Live: it is told each commit as it becomes durable.
 * There may be tens of thousands; none owns a timer, a buffer or a promise unless it waits.
 */
export class Watcher {
  readonly options: Watched;
  state: 'behind' | 'live' | 'over' = 'behind';
  /** While behind all up to here is told. While live: nothing up to here is told again. */
  position: Revision;
  readonly #listener: WatchListener;
  readonly #home: WatcherHome;

  constructor(options: Watched, listener: WatchListener, home: WatcherHome) {
    this.options = options;
    this.position = options.after;
    this.#listener = listener;
    this.#home = home;
  }

  /** The revision up to which everything has been told. */
  reached(): Revision {
    return this.state === 'live' ? Math.max(this.position, this.#home.told()) : this.position;
  }

  event(change: ObjectChange): void {
    this.position = change.object.revision;
    try {
      this.#listener.event(change);
    } catch (error) {
      this.#fail(error);
    }
  }

  progress(revision: Revision): void {
    if (this.state === 'over' || revision < this.position) return;
    try {
      this.#listener.progress(revision);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Undefined, or what to wait for before it is told more. */
  drained(): Promise<void> | undefined {
    if (this.state === 'over' || this.#listener.drained === undefined) return undefined;
    try {
      return this.#listener.drained();
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  /** Ends the watch and says why. */
  lose(error: Error): void {
    if (this.state === 'over') return;
    this.end();
    try {
      this.#listener.lost(error);
    } catch (thrown) {
      this.#home.threw(this, thrown);
    }
  }

  end(): void {
    if (this.state === 'over') return;
    this.state = 'over';
    this.#home.release(this);
  }

  #fail(error: unknown): void {
    if (this.state === 'over') return;
    this.#home.threw(this, error);
    this.lose(error instanceof Error ? error : new Error('the listener of a watch threw', { cause: error }));
  }
}
