import type { WaitingKey } from './change-source.ts';
import type { Clock } from './clock.ts';
import type { Due } from './due-heap.ts';
import { DueHeap } from './due-heap.ts';
import type { ReconcileKey } from './reconcile-key.ts';
import { identityOf } from './reconcile-key.ts';
import type { Result } from './reconcile.ts';

/** The first wait after a failure; it doubles with each failure in a row (k8s.io/client-go workqueue, default rate limiter). */
const FIRST_BACKOFF_MS = 5;
const LONGEST_BACKOFF_MS = 1_000_000;

/** Whoever fills the queue pauses above these. A key costs about 400 bytes: 40 MB at the most. */
const READY_LIMIT = 10_000;
const KEY_LIMIT = 100_000;

/** What became of a key that was taken. */
export type Outcome = Result | { readonly kind: 'failed' };

/** What a queue is made of. */
export interface WorkQueueOptions {
  readonly clock: Clock;
  /** Called when a key can be taken; not for every key. Must not take keys itself: it is called from within `add`. */
  readonly onReady: () => void;
  /** Ready keys and all keys, above which the queue is full. */
  readonly readyLimit?: number;
  readonly keyLimit?: number;
}

/** What a queue holds, as a checkpoint needs it. */
export interface QueueState {
  /** The oldest revision that a key which is ready or being worked on has yet to be reconciled for. */
  readonly oldest: number | undefined;
  readonly waiting: readonly WaitingKey[];
}

interface Entry extends Due {
  readonly key: ReconcileKey;
  readonly identity: string;
  state: 'ready' | 'waiting' | 'active';
  /** The oldest revision that no call has covered yet. */
  since: number;
  /** The oldest revision that the call under way covers. */
  activeSince: number;
  /** While active: added again, or to be added at `at`. */
  isDirty: boolean;
  failures: number;
}

/**
 * Keys to work on, each once however often it is added, never handed out twice at a time (k8s.io/client-go util/workqueue).
 * A key that is added while it is worked on comes again afterwards. A key on a timer or in back-off that is added comes at once.
 * There is one timer, for the key that is due first.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #onReady: () => void;
  readonly #readyLimit: number;
  readonly #keyLimit: number;
  readonly #entries = new Map<string, Entry>();
  readonly #waiting = new DueHeap<Entry>();
  #ready: Entry[] = [];
  #taken = 0;
  #active = 0;
  #timer: { readonly at: number; readonly handle: Disposable } | undefined;
  #state: 'open' | 'draining' | 'left' = 'open';
  #onRoom: (() => void)[] = [];
  #onDrained: (() => void)[] = [];

  constructor(options: WorkQueueOptions) {
    this.#clock = options.clock;
    this.#onReady = options.onReady;
    this.#readyLimit = options.readyLimit ?? READY_LIMIT;
    this.#keyLimit = options.keyLimit ?? KEY_LIMIT;
  }

  /** All keys: ready, being worked on, waiting. */
  get size(): number {
    return this.#entries.size;
  }

  get ready(): number {
    return this.#ready.length - this.#taken;
  }

  get isFull(): boolean {
    return this.#state === 'open' && (this.ready >= this.#readyLimit || this.size >= this.#keyLimit);
  }

  /** A key changed at a revision. Nothing happens once the queue is shut down. */
  add(key: ReconcileKey, revision = Infinity): void {
    if (this.#state !== 'open') return;
    const entry = this.#entry(key);
    entry.since = Math.min(entry.since, revision);
    if (entry.state === 'active') entry.isDirty = true;
    else if (entry.state === 'waiting') this.#makeReady(entry);
  }

  /** A key is due at a time, in milliseconds since the epoch; the sooner of two times counts, and a ready key stays ready. */
  addAt({ key, at, failures }: WaitingKey, revision = Infinity): void {
    if (this.#state !== 'open') return;
    const entry = this.#entry(key);
    entry.since = Math.min(entry.since, revision);
    entry.failures = Math.max(entry.failures, failures);
    if (entry.state === 'active') entry.at = Math.min(entry.at, at);
    else if (entry.state === 'waiting') this.#wait(entry, Math.min(entry.at, at));
  }

  /** The key that waited longest; whoever takes it calls `finish`. Undefined where none is ready. */
  take(): ReconcileKey | undefined {
    if (this.#state === 'left') return undefined;
    const entry = this.#ready[this.#taken];
    if (entry === undefined) return undefined;
    this.#taken++;
    this.#trim();
    entry.state = 'active';
    entry.activeSince = entry.since;
    entry.since = Infinity;
    entry.at = Infinity;
    this.#active++;
    this.#tell();
    return entry.key;
  }

  /** The end of the work on a key that was taken. Throws where it was not. */
  finish(key: ReconcileKey, outcome: Outcome): void {
    const entry = this.#entries.get(identityOf(key));
    if (entry?.state !== 'active') throw new Error(`not being worked on: ${identityOf(key)}`);
    this.#active--;
    this.#next(entry, outcome);
    entry.activeSince = Infinity;
    this.#tell();
  }

  /** Fulfils when the queue is no longer full, with room for a while. */
  room(): Promise<void> {
    return new Promise((resolve) => {
      this.#onRoom.push(resolve);
      this.#tell();
    });
  }

  /** What is outstanding; reads every key. */
  state(): QueueState {
    let oldest = Infinity;
    const waiting: WaitingKey[] = [];
    for (const entry of this.#entries.values()) {
      if (entry.state === 'waiting') waiting.push({ key: entry.key, at: entry.at, failures: entry.failures });
      else oldest = Math.min(oldest, entry.since, entry.activeSince);
    }
    return { oldest: oldest === Infinity ? undefined : oldest, waiting };
  }

  /** True where a key that changed at or before a revision has not been reconciled since. */
  owes(revision: number): boolean {
    for (const entry of this.#entries.values()) {
      if (Math.min(entry.since, entry.activeSince) <= revision) return true;
    }
    return false;
  }

  /** Takes no more keys in and lets what is ready be worked on; fulfils when nothing is ready or being worked on. Timers stop. */
  shutDown(): Promise<void> {
    if (this.#state === 'open') this.#state = 'draining';
    this.#timer?.handle[Symbol.dispose]();
    this.#timer = undefined;
    return new Promise((resolve) => {
      this.#onDrained.push(resolve);
      this.#tell();
    });
  }

  /** Hands out no more keys; what is being worked on may still finish. `state()` goes on telling what is left. */
  leave(): void {
    this.#state = 'left';
    this.#tell();
  }

  #entry(key: ReconcileKey): Entry {
    const identity = identityOf(key);
    const known = this.#entries.get(identity);
    if (known !== undefined) return known;
    const entry: Entry = {
      key,
      identity,
      state: 'waiting',
      since: Infinity,
      activeSince: Infinity,
      isDirty: false,
      failures: 0,
      at: Infinity,
      slot: -1,
    };
    this.#entries.set(identity, entry);
    return entry;
  }

  #next(entry: Entry, outcome: Outcome): void {
    if (outcome.kind === 'failed') {
      entry.failures++;
      entry.since = Math.min(entry.since, entry.activeSince);
      entry.at = Math.min(entry.at, this.#clock.now() + backoff(entry.failures));
    } else {
      entry.failures = 0;
      if (outcome.kind === 'again') entry.at = Math.min(entry.at, this.#clock.now() + outcome.afterMs);
    }
    if (entry.isDirty) this.#makeReady(entry);
    else if (entry.at === Infinity) this.#entries.delete(entry.identity);
    else this.#wait(entry, entry.at);
  }

  #makeReady(entry: Entry): void {
    if (entry.slot >= 0) this.#waiting.remove(entry);
    entry.state = 'ready';
    entry.isDirty = false;
    this.#ready.push(entry);
    this.#onReady();
  }

  #wait(entry: Entry, at: number): void {
    if (entry.slot >= 0) this.#waiting.remove(entry);
    entry.state = 'waiting';
    entry.at = at;
    this.#waiting.add(entry);
    this.#arm();
  }

  #arm(): void {
    const first = this.#waiting.first();
    if (first === undefined || this.#state !== 'open') return;
    if (this.#timer !== undefined) {
      if (this.#timer.at <= first.at) return;
      this.#timer.handle[Symbol.dispose]();
    }
    const handle = this.#clock.after(first.at - this.#clock.now(), () => this.#fire());
    this.#timer = { at: first.at, handle };
  }

  #fire(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    for (let first = this.#waiting.first(); first !== undefined && first.at <= now; first = this.#waiting.first()) {
      this.#makeReady(first);
    }
    this.#arm();
  }

  #trim(): void {
    if (this.#taken < 1024 || this.#taken * 2 < this.#ready.length) return;
    this.#ready = this.#ready.slice(this.#taken);
    this.#taken = 0;
  }

  #tell(): void {
    const hasRoom = this.ready <= this.#readyLimit / 2 && this.size < this.#keyLimit;
    if (this.#onRoom.length > 0 && (hasRoom || this.#state !== 'open')) {
      for (const resolve of this.#onRoom.splice(0)) resolve();
    }
    if (this.#onDrained.length > 0 && this.#active === 0 && (this.ready === 0 || this.#state === 'left')) {
      for (const resolve of this.#onDrained.splice(0)) resolve();
    }
  }
}

function backoff(failures: number): number {
  return Math.min(FIRST_BACKOFF_MS * 2 ** (failures - 1), LONGEST_BACKOFF_MS);
}
