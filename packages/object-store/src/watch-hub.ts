import { ApiError } from '@kcp/api-machinery';
import type { Clock } from '@kcp/controller';
import type { Backend, Change, Revision } from '@kcp/storage';
import type { Gauge, Logger, Meter } from '@kcp/telemetry';
import { CatchUp } from './catch-up.ts';
import type { Changes } from './change.ts';
import { bucketPrefixOf, objectKeyOf } from './keys.ts';
import type { ObjectChange, Watch, WatchListener } from './object-store.ts';
import type { Watched } from './selection.ts';
import { watchedScope } from './selection.ts';
import { tooOldToWatch } from './storage-error.ts';
import { WatchIndex } from './watch-index.ts';
import type { WatcherHome } from './watcher.ts';
import { Watcher } from './watcher.ts';

/** All watchers that are live hear at least this often how far they are, if there is news. */
const PROGRESS_MS = 1_000;

/** What a hub is made of. */
export interface WatchHubOptions {
  readonly backend: Backend;
  readonly changes: Changes;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** Tells commits to those who watch: one subscription to the backend for all of them, one timer while there are any. */
export class WatchHub implements Disposable {
  readonly #backend: Backend;
  readonly #changes: Changes;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #count: Gauge;
  readonly #index = new WatchIndex();
  readonly #catchUp: CatchUp;
  readonly #subscription: Disposable;
  readonly #home: WatcherHome;
  /** Commits that were told while others were being passed on; in that time `#told` is how far that got. */
  #backlog: Change[] | undefined;
  #told: Revision;
  #progressed: Revision = 0;
  #ticker: Disposable | undefined;

  constructor(options: WatchHubOptions) {
    this.#backend = options.backend;
    this.#changes = options.changes;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#count = options.meter.gauge({ name: 'kcp_object_store_watchers', help: 'Watches that are open.' });
    this.#catchUp = new CatchUp(options);
    this.#told = options.backend.head();
    this.#subscription = options.backend.subscribe(
      (changes) => this.#hear(changes),
      (told) => this.#miss(told),
    );
    this.#home = {
      told: () => this.#position(),
      release: (watcher) => this.#release(watcher),
      threw: (watcher, error) =>
        this.#logger.error('The listener of a watch threw and was removed', { bucket: watcher.options.bucket, error }),
    };
  }

  /** Nothing is told before this returns. Throws ApiError Expired where what it would have to tell is forgotten. */
  watch(options: Watched, listener: WatchListener): Watch {
    const compacted = this.#backend.compacted();
    if (options.after < compacted && this.#newest(options) > options.after) {
      throw tooOldToWatch(options.after, compacted);
    }
    const watcher = new Watcher(options, listener, this.#home);
    this.#index.add(watcher);
    this.#catchUp.add(watcher);
    this.#count.set(this.#index.size);
    this.#tick();
    return { position: () => watcher.reached(), [Symbol.dispose]: () => watcher.end() };
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]();
    const error = new ApiError('ServiceUnavailable', 'the store is closed');
    for (const watcher of this.#index.all()) watcher.lose(error);
    this.#catchUp[Symbol.dispose]();
  }

  #newest(watched: Watched): Revision {
    const scope = watchedScope(watched);
    return scope === undefined ? this.#backend.head() : this.#backend.newest(scope);
  }

  /** The backend moves its head and tells its listeners in one step: outside of that everything up to head is told. */
  #position(): Revision {
    return this.#backlog === undefined ? this.#backend.head() : this.#told;
  }

  #release(watcher: Watcher): void {
    this.#index.remove(watcher);
    this.#catchUp.remove(watcher);
    this.#count.set(this.#index.size);
    if (this.#index.size > 0) return;
    this.#changes.clear();
    this.#ticker?.[Symbol.dispose]();
    this.#ticker = undefined;
  }

  #hear(changes: readonly Change[]): void {
    if (this.#backlog !== undefined) {
      for (const change of changes) this.#backlog.push(change);
      return;
    }
    const backlog: Change[] = [];
    this.#backlog = backlog;
    for (let batch = changes; batch.length > 0; batch = backlog.splice(0)) {
      for (const change of batch) {
        this.#pass(change);
        this.#told = change.revision;
      }
    }
    this.#backlog = undefined;
  }

  /** Changes after this could not be told: all are led on from the log, and lost where that does not go back so far. */
  #miss(told: Revision): void {
    for (const watcher of this.#index.all()) {
      if (watcher.state !== 'live') continue;
      watcher.position = Math.max(watcher.position, told);
      this.#catchUp.add(watcher);
    }
  }

  #pass(change: Change): void {
    const prefix = bucketPrefixOf(change.key);
    const bucket = this.#index.bucketAt(prefix);
    if (bucket === undefined) return;
    const groups = this.#index.concerned(prefix, objectKeyOf(change.key));
    if (groups.length === 0) return;
    try {
      const told = this.#changes.of(bucket, change);
      for (const watchers of groups) this.#tell(watchers, told);
    } catch (error) {
      this.#logger.error('A change cannot be told', { key: change.key, error });
      for (const watcher of groups.flatMap((watchers) => [...watchers])) watcher.lose(ApiError.from(error));
    }
  }

  #tell(watchers: ReadonlySet<Watcher>, change: ObjectChange): void {
    for (const watcher of watchers) {
      if (watcher.state !== 'live' || watcher.position >= change.object.revision) continue;
      watcher.event(change);
      const drained = watcher.drained();
      if (drained !== undefined) this.#catchUp.park(watcher, drained);
    }
  }

  #tick(): void {
    this.#ticker ??= this.#clock.after(PROGRESS_MS, () => {
      this.#ticker = undefined;
      this.#progress();
      if (this.#index.size > 0) this.#tick();
    });
  }

  #progress(): void {
    const head = this.#backend.head();
    if (head === this.#progressed) return;
    this.#progressed = head;
    for (const watcher of this.#index.all()) {
      if (watcher.state === 'live') watcher.progress(head);
    }
  }
}
