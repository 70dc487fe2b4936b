import type { Logger } from '@kcp/telemetry';
import type { Checkpoint, CheckpointStore } from './change-source.ts';
import type { Clock } from './clock.ts';
import type { WorkQueue } from './work-queue.ts';

/** A checkpoint is saved at most so often. */
const SAVE_EVERY_MS = 5_000;

/** With more keys waiting than this no checkpoint is saved: the one before still holds, it only makes for more work at a start. */
const WAITING_LIMIT = 1_000;

/** What a keeper is made of. */
export interface CheckpointKeeperOptions {
  readonly store: CheckpointStore;
  readonly version: number;
  readonly queue: WorkQueue;
  /** Undefined while no checkpoint may be saved. */
  readonly position: () => number | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Saves how far a controller came. Nothing is saved while nothing happens to the controller, so that an idle server does not
 * write: a source can resume from an old checkpoint as long as none of its own objects changed since.
 */
export class CheckpointKeeper {
  readonly #options: CheckpointKeeperOptions;
  #timer: Disposable | undefined;
  #saved: Checkpoint | undefined;
  #saving: Promise<void> = Promise.resolve();
  #isStale = false;
  #isStopped = false;

  constructor(options: CheckpointKeeperOptions) {
    this.#options = options;
  }

  /** The checkpoint to start from; undefined where there is none, or one of another version of the controller. */
  async load(): Promise<Checkpoint | undefined> {
    try {
      const loaded = await this.#options.store.load();
      this.#saved = loaded?.version === this.#options.version ? loaded : undefined;
    } catch (error) {
      this.#options.logger.error('The checkpoint cannot be read: listing anew', { error });
    }
    return this.#saved;
  }

  /** Something was reconciled: there may be more to save soon. */
  touch(): void {
    this.#isStale = true;
    if (this.#isStopped) return;
    this.#timer ??= this.#options.clock.after(SAVE_EVERY_MS, () => {
      this.#timer = undefined;
      void this.#save();
    });
  }

  /** Saves for the last time. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.[Symbol.dispose]();
    await this.#save();
  }

  /** One save at a time; never rejects. */
  #save(): Promise<void> {
    this.#saving = this.#saving.then(() => this.#saveOnce());
    return this.#saving;
  }

  async #saveOnce(): Promise<void> {
    const next = this.#isStale ? this.#next() : undefined;
    if (next === undefined) return;
    this.#isStale = false;
    try {
      await this.#options.store.save(next);
      this.#saved = next;
    } catch (error) {
      this.#options.logger.warn('The checkpoint cannot be saved', { error });
      this.touch();
    }
  }

  #next(): Checkpoint | undefined {
    const position = this.#options.position();
    if (position === undefined) return undefined;
    const { oldest, waiting } = this.#options.queue.state();
    if (waiting.length > WAITING_LIMIT) return undefined;
    const revision = Math.min(position, (oldest ?? Infinity) - 1);
    const saved = this.#saved;
    if (saved?.revision === revision && saved.waiting.length === 0 && waiting.length === 0) return undefined;
    return { revision, version: this.#options.version, waiting };
  }
}
