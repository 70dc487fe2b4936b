import type { Counter, Gauge, Histogram, Logger, Meter } from '@kcp/telemetry';
import type { ChangeSource } from './change-source.ts';
import { CheckpointKeeper } from './checkpoint-keeper.ts';
import type { Clock } from './clock.ts';
import { Intake } from './intake.ts';
import type { ReconcileKey } from './reconcile-key.ts';
import type { Reconcile } from './reconcile.ts';
import type { Outcome } from './work-queue.ts';
import { WorkQueue } from './work-queue.ts';

/** Keys are worked on for so long before other work of the process gets its turn. */
const SLICE_MS = 5;

/** How long a stop waits for what is ready and being worked on before it aborts. */
const GRACE_MS = 5_000;

/** A controller, as it is written. */
export interface ControllerOptions<Change> {
  /** In logs, metrics and so on; constant, in lower case with dashes. */
  readonly name: string;
  /** Raised when the controller would now do something else for objects that it has dealt with: it then goes over all of them. */
  readonly version?: number;
  readonly source: ChangeSource<Change>;
  /** Which keys a change concerns: the object's own, its owner's, … Objects that are listed at a start come as changes too. */
  readonly keysOf: (change: Change) => Iterable<ReconcileKey>;
  readonly reconcile: Reconcile;
  /** How many keys are worked on at a time. */
  readonly concurrency: number;
  /** Aborting it stops the controller without a grace: what is being worked on is aborted, what is ready is left. */
  readonly signal?: AbortSignal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** A running controller. Disposing of it stops the intake, lets work that is ready finish within a grace and saves the checkpoint. */
export interface Controller extends AsyncDisposable {
  /** Fulfils when every change up to a revision (by default the newest) is reconciled; rejects when the controller stops first. */
  settled(revision?: number): Promise<void>;
}

/** Starts a controller. Returns at once; reading the checkpoint and, where that is needed, the world goes on in the background. */
export function startController<Change>(options: ControllerOptions<Change>): Controller {
  return new RunningController(options);
}

interface Waiter {
  readonly revision: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

class RunningController<Change> implements Controller {
  readonly #options: ControllerOptions<Change>;
  readonly #logger: Logger;
  readonly #metrics: ControllerMetrics;
  readonly #queue: WorkQueue;
  readonly #intake: Intake<Change>;
  readonly #checkpoints: CheckpointKeeper;
  readonly #abort = new AbortController();
  readonly #started: Promise<void>;
  #stopped: Promise<void> | undefined;
  #waiters: Waiter[] = [];
  #active = 0;
  #sliceStart = 0;
  #isScheduled = false;

  constructor(options: ControllerOptions<Change>) {
    const { source, clock } = options;
    this.#options = options;
    this.#logger = options.logger.child({ controller: options.name });
    this.#metrics = new ControllerMetrics(options.name, options.meter);
    this.#queue = new WorkQueue({ clock, onReady: () => this.#schedule() });
    this.#intake = new Intake({
      source,
      keysOf: options.keysOf,
      queue: this.#queue,
      clock,
      logger: this.#logger,
      onProgress: () => this.#progress(),
      onChange: () => this.#checkpoints.touch(),
    });
    this.#checkpoints = new CheckpointKeeper({
      store: source.checkpoint,
      version: options.version ?? 1,
      queue: this.#queue,
      position: () => this.#intake.position(),
      clock,
      logger: this.#logger,
    });
    const { signal } = options;
    const abandon = (): void => this.#abandon();
    signal?.addEventListener('abort', abandon, { once: true, signal: this.#abort.signal });
    if (signal?.aborted === true) this.#abandon();
    this.#started = this.#checkpoints.load().then((checkpoint) => this.#intake.start(checkpoint));
  }

  settled(revision = this.#options.source.head()): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ revision, resolve, reject });
      this.#progress();
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#intake[Symbol.dispose]();
    await this.#started;
    const drained = this.#queue.shutDown();
    const grace = this.#options.clock.after(GRACE_MS, () => this.#abandon());
    await drained;
    grace[Symbol.dispose]();
    await this.#checkpoints.stop();
    this.#abort.abort();
    const error = new Error(`the controller ${this.#options.name} is stopped`);
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }

  #abandon(): void {
    this.#queue.leave();
    this.#abort.abort();
  }

  /** Never works within the call that made a key ready: that may be the store telling of a commit. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#sliceStart = this.#options.clock.now();
      this.#fill();
    });
  }

  #fill(): void {
    this.#metrics.depth.set(this.#queue.ready, this.#metrics.labels);
    while (this.#active < this.#options.concurrency) {
      if (this.#options.clock.now() - this.#sliceStart > SLICE_MS) {
        this.#schedule();
        return;
      }
      const key = this.#queue.take();
      if (key === undefined) return;
      this.#active++;
      void this.#work(key);
    }
  }

  async #work(key: ReconcileKey): Promise<void> {
    const start = this.#options.clock.now();
    let outcome: Outcome;
    try {
      outcome = await this.#options.reconcile(key, { signal: this.#abort.signal });
    } catch (error) {
      outcome = { kind: 'failed' };
      this.#logger.error('Reconciling failed', { key, error });
    }
    this.#active--;
    this.#queue.finish(key, outcome);
    this.#metrics.worked(outcome, this.#options.clock.now() - start);
    this.#checkpoints.touch();
    this.#progress();
    this.#fill();
  }

  #progress(): void {
    if (this.#waiters.length === 0) return;
    const position = this.#intake.position();
    if (position === undefined) return;
    this.#waiters = this.#waiters.filter((waiter) => {
      if (position < waiter.revision || this.#queue.owes(waiter.revision)) return true;
      waiter.resolve();
      return false;
    });
  }
}

class ControllerMetrics {
  readonly labels: { readonly name: string };
  readonly depth: Gauge;
  readonly #reconciles: Counter;
  readonly #duration: Histogram;
  readonly #results: Readonly<Record<Outcome['kind'], { readonly controller: string; readonly result: string }>>;

  constructor(name: string, meter: Meter) {
    this.labels = { name };
    this.depth = meter.gauge({
      name: 'workqueue_depth',
      help: 'Keys that are ready to be reconciled.',
      labels: ['name'],
    });
    this.#duration = meter.histogram({
      name: 'workqueue_work_duration_seconds',
      help: 'How long reconciling a key takes.',
      labels: ['name'],
      buckets: [0.001, 0.01, 0.1, 1, 10],
    });
    this.#reconciles = meter.counter({
      name: 'controller_runtime_reconcile_total',
      help: 'Calls of reconcile by result.',
      labels: ['controller', 'result'],
    });
    this.#results = {
      done: { controller: name, result: 'success' },
      again: { controller: name, result: 'requeue_after' },
      failed: { controller: name, result: 'error' },
    };
  }

  worked(outcome: Outcome, milliseconds: number): void {
    this.#reconciles.add(1, this.#results[outcome.kind]);
    this.#duration.observe(milliseconds / 1000, this.labels);
  }
}
