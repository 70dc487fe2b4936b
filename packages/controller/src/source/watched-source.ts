import { expired } from '@kcp/api-machinery';
import type { ChangeSource, CheckpointStore, Following, FollowListener, ListedChanges } from '../change-source.ts';
import type { Clock } from '../clock.ts';
import type { Watched, WatchedChange } from './watched.ts';

/** So many objects are told anew at a time at a resync, with a turn of the event loop in between. */
const RESYNC_SLICE = 500;

/** External controllers keep no position: at a start they list, which costs them what their caches cost anyway. */
const nowhere: CheckpointStore = { load: async () => undefined, save: async () => {} };

/**
 * Several watched resources as the one source that a controller follows; give `keysOf: (change) => change()`. Revisions are a count
 * of what was told, of this process only. Nothing is told before all caches hold the present: `reconcile` sees no half world.
 */
export class WatchedSource implements ChangeSource<WatchedChange> {
  readonly checkpoint = nowhere;
  readonly #watched: readonly Watched[];
  readonly #clock: Clock;
  readonly #synced: Promise<unknown>;
  #isSynced = false;
  #sequence = 0;
  #listing: { readonly token: string; readonly rest: Iterator<WatchedChange> } | undefined;
  #listings = 0;

  constructor(watched: readonly Watched[], clock: Clock) {
    this.#watched = watched;
    this.#clock = clock;
    this.#synced = Promise.all(watched.map(({ reflector }) => reflector.synced)).then(() => (this.#isSynced = true));
    this.#synced.catch(() => {});
  }

  head(): number {
    return this.#sequence;
  }

  /** From now on only: there is no history. */
  follow(after: number, listener: FollowListener<WatchedChange>): Following {
    if (after !== this.#sequence) throw expired(`too old: what was told up to ${after} is not kept`);
    const stack = new DisposableStack();
    const tell = (change: WatchedChange): void => {
      if (!this.#isSynced || stack.disposed) return;
      this.#sequence += 1;
      listener.change(this.#sequence, change);
      listener.progress(this.#sequence);
    };
    for (const watched of this.#watched) {
      stack.use(watched.follow({ change: tell, drained: () => listener.drained() }));
      if (watched.resyncMs !== undefined) {
        this.#resyncEvery(watched, watched.resyncMs, { tell, stack, drained: () => listener.drained() });
      }
    }
    return { position: () => this.#sequence, [Symbol.dispose]: () => stack.dispose() };
  }

  /** Waits for the caches first. One list at a time: another one from the start ends the one before. */
  async list({
    after,
    limit,
  }: {
    readonly after: string | undefined;
    readonly limit: number;
  }): Promise<ListedChanges<WatchedChange>> {
    await this.#synced;
    if (after === undefined) this.#listing = { token: String(++this.#listings), rest: this.#everything() };
    const listing = this.#listing;
    if (listing === undefined || (after !== undefined && after !== listing.token)) throw expired('another list began');
    const changes: WatchedChange[] = [];
    while (changes.length < limit) {
      const { done, value } = listing.rest.next();
      if (done === true) {
        this.#listing = undefined;
        return { changes, next: undefined };
      }
      changes.push(value);
    }
    return { changes, next: listing.token };
  }

  *#everything(): Generator<WatchedChange, undefined> {
    for (const watched of this.#watched) yield* watched.listed();
    return undefined;
  }

  #resyncEvery(watched: Watched, resyncMs: number, to: Resync): void {
    let timer: Disposable | undefined;
    const arm = (): void => {
      if (to.stack.disposed) return;
      timer = this.#clock.after(resyncMs, () => void this.#resync(watched, to).then(arm));
    };
    to.stack.defer(() => timer?.[Symbol.dispose]());
    arm();
  }

  async #resync(watched: Watched, { tell, stack, drained }: Resync): Promise<void> {
    let count = 0;
    for (const change of watched.listed()) {
      if (stack.disposed) return;
      tell(change);
      count += 1;
      if (count % RESYNC_SLICE === 0) await (drained() ?? turnOfLoop());
    }
  }
}

interface Resync {
  readonly tell: (change: WatchedChange) => void;
  readonly stack: DisposableStack;
  readonly drained: () => Promise<void> | undefined;
}

function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
