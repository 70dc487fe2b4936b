import { ApiError } from '@kcp/api-machinery';
import type { Logger } from '@kcp/telemetry';
import type { ChangeSource, Checkpoint, Following, FollowListener } from './change-source.ts';
import type { Clock } from './clock.ts';
import type { ReconcileKey } from './reconcile-key.ts';
import type { WorkQueue } from './work-queue.ts';

/** Keys are listed so many objects at a time, with a turn of the event loop in between. */
const LIST_PAGE = 500;

/** How long to wait after a source failed for a reason other than history that is gone. */
const RETRY_MS = 1_000;

/** What an intake is made of. */
export interface IntakeOptions<Change> {
  readonly source: ChangeSource<Change>;
  readonly keysOf: (change: Change) => Iterable<ReconcileKey>;
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called when the position may have moved. */
  readonly onProgress: () => void;
  /** Called when there is something new that a checkpoint should cover. */
  readonly onChange: () => void;
}

/**
 * Fills a queue with the keys of what changes: follows the source from a checkpoint, or from now on while it lists in the
 * background what there is. Pauses while the queue is full; the source's log is the buffer.
 */
export class Intake<Change> implements Disposable {
  readonly #options: IntakeOptions<Change>;
  readonly #listener: FollowListener<Change>;
  #following: Following | undefined;
  #retry: Disposable | undefined;
  /** Counts the starts, so that a list that belongs to an earlier one ends. */
  #start = 0;
  #isListing = true;
  #isOver = false;
  #finalPosition: number | undefined;

  constructor(options: IntakeOptions<Change>) {
    this.#options = options;
    this.#listener = {
      change: (revision, change) => this.#take(revision, change),
      progress: () => options.onProgress(),
      lost: (error) => this.#lost(error),
      drained: () => (options.queue.isFull ? options.queue.room() : undefined),
    };
  }

  /** The keys of all changes up to this revision are in the queue or were; undefined while what there is is being listed. */
  position(): number | undefined {
    if (this.#isOver) return this.#finalPosition;
    return this.#isListing ? undefined : this.#following?.position();
  }

  /** Goes on where a checkpoint ends; without one, or where its history is gone, lists what there is. */
  start(checkpoint: Checkpoint | undefined): void {
    if (this.#isOver) return;
    if (checkpoint === undefined) {
      this.#relist();
      return;
    }
    for (const waiting of checkpoint.waiting) {
      this.#options.queue.addAt(waiting, waiting.failures > 0 ? checkpoint.revision : Infinity);
    }
    try {
      this.#following = this.#options.source.follow(checkpoint.revision, this.#listener);
      this.#isListing = false;
      this.#options.onProgress();
    } catch (error) {
      this.#lost(error);
    }
  }

  /** Takes in nothing more; the position stays where it is. */
  [Symbol.dispose](): void {
    this.#finalPosition = this.position();
    this.#isOver = true;
    this.#retry?.[Symbol.dispose]();
    this.#stopFollowing();
  }

  #take(revision: number, change: Change): void {
    this.#options.onChange();
    try {
      for (const key of this.#options.keysOf(change)) this.#options.queue.add(key, revision);
    } catch (error) {
      this.#options.logger.error('A change is left out: its keys cannot be told', { error, revision });
    }
  }

  #lost(error: unknown): void {
    this.#stopFollowing();
    if (this.#isOver) return;
    this.#isListing = true;
    if (error instanceof ApiError && error.reason === 'Expired') {
      this.#options.logger.info('The history to go on from is gone: listing anew');
      this.#relist();
      return;
    }
    this.#options.logger.error('The source of changes failed: listing anew after a while', { error });
    this.#retry?.[Symbol.dispose]();
    this.#retry = this.#options.clock.after(RETRY_MS, () => this.#relist());
  }

  #stopFollowing(): void {
    this.#start++;
    this.#following?.[Symbol.dispose]();
    this.#following = undefined;
  }

  /** Follows before it lists, so that nothing changes unseen between the two. */
  #relist(): void {
    this.#isListing = true;
    const { source } = this.#options;
    const revision = source.head();
    try {
      this.#following = source.follow(revision, this.#listener);
    } catch (error) {
      this.#lost(error);
      return;
    }
    const start = this.#start;
    this.#list(start, revision).then(
      () => {
        if (start !== this.#start) return;
        this.#isListing = false;
        this.#options.onChange();
        this.#options.onProgress();
      },
      (error: unknown) => {
        if (start === this.#start) this.#lost(error);
      },
    );
  }

  async #list(start: number, revision: number): Promise<void> {
    let after: string | undefined;
    do {
      const page = await this.#options.source.list({ after, limit: LIST_PAGE });
      if (start !== this.#start) return;
      for (const change of page.changes) this.#take(revision, change);
      after = page.next;
      await (this.#options.queue.isFull ? this.#options.queue.room() : turnOfLoop());
    } while (after !== undefined && start === this.#start);
  }
}

function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
