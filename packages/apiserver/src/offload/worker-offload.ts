import { ApiError } from '@kcp/api-machinery';
import type { Counter, Logger, Meter } from '@kcp/telemetry';
import { FairQueue, type QueueLimits } from './fair-queue.ts';
import { type JobReply, outputOf, receiveError } from './job-message.ts';
import type { Job, JobOrder, Offload } from './offload.ts';
import { type WorkerSpec, WorkerThread } from './worker-thread.ts';

/** How workers are run. */
export interface WorkerOffloadOptions {
  /** The module that a worker runs: it calls `serveJobs` with the jobs that are asked for here. */
  readonly entry: URL;
  /** At most so many at once; by default 1. They start when there is work. */
  readonly workers?: number;
  /** What may wait; by default 64 jobs and 64 MiB. */
  readonly waiting?: QueueLimits;
  /** Milliseconds after which a job is given up, and its worker ended; by default 30,000. Its worker's start is not counted. */
  readonly jobMs?: number;
  /** Milliseconds after which a worker that has not started is given up, with its job; by default 30,000. */
  readonly startMs?: number;
  /** Milliseconds after which a worker without work is ended, for its memory; by default 60,000. */
  readonly idleMs?: number;
  /** Megabytes of memory for the objects of one worker; by default 512. */
  readonly heapMegabytes?: number;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** A job that waits or is being done. */
interface Task {
  readonly name: string;
  readonly input: unknown;
  readonly done: (reply: Extract<JobReply, { kind: 'done' }>) => void;
  readonly failed: (error: Error) => void;
}

/** A place in which one job after the other is done. */
interface Place {
  thread: WorkerThread | undefined;
  task: Task | undefined;
  timer: NodeJS.Timeout | undefined;
}

type Outcome = 'done' | 'failed' | 'refused' | 'lost' | 'overdue';

/**
 * Does work in worker threads: few, started when they are needed, ended when they idle. What waits is bounded and shared out by
 * owner. A worker that dies, or takes too long, fails the one job that it had; the next job gets a new one.
 */
export class WorkerOffload implements Offload, AsyncDisposable {
  readonly #spec: WorkerSpec;
  readonly #queue: FairQueue<Task>;
  readonly #places: readonly Place[];
  readonly #jobMs: number;
  readonly #startMs: number;
  readonly #idleMs: number;
  readonly #logger: Logger;
  readonly #outcomes: Counter;
  #ids = 0;
  #stopped = false;

  constructor(options: WorkerOffloadOptions) {
    const {
      entry,
      workers = 1,
      waiting,
      jobMs = 30_000,
      startMs = 30_000,
      idleMs = 60_000,
      heapMegabytes = 512,
      logger,
      meter,
    } = options;
    this.#spec = { entry, heapMegabytes };
    this.#queue = new FairQueue(waiting ?? { items: 64, bytes: 64 * 2 ** 20 });
    this.#places = Array.from({ length: workers }, () => ({ thread: undefined, task: undefined, timer: undefined }));
    this.#jobMs = jobMs;
    this.#startMs = startMs;
    this.#idleMs = idleMs;
    this.#logger = logger.child({ package: 'apiserver', part: 'offload' });
    this.#outcomes = meter.counter({
      name: 'kcp_offloaded_jobs_total',
      help: 'Jobs for worker threads, by what became of them.',
      labels: ['job', 'outcome'],
    });
  }

  run<Input, Output>(job: Job<Input, Output>, input: Input, { owner, bytes }: JobOrder): Promise<Output> {
    return new Promise((resolve, reject) => {
      const { name } = job;
      const task: Task = { name, input, done: (reply) => resolve(outputOf(job, reply)), failed: reject };
      if (this.#stopped) throw this.#count(task, 'refused', stopping());
      if (!this.#queue.add(task, owner, bytes)) throw this.#count(task, 'refused', tooMuch());
      this.#pump();
    });
  }

  /** Ends the workers; what waits or is being done fails. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    for (let task = this.#queue.take(); task !== undefined; task = this.#queue.take())
      task.failed(this.#count(task, 'refused', stopping()));
    await Promise.all(
      this.#places.map((place) => {
        place.task?.failed(this.#count(place.task, 'refused', stopping()));
        return this.#clear(place);
      }),
    );
  }

  /** Gives waiting jobs to free places, those whose worker runs already first. */
  #pump(): void {
    while (this.#queue.size > 0) {
      const free = this.#places.filter(({ task }) => task === undefined);
      const place = free.find(({ thread }) => thread !== undefined) ?? free[0];
      const task = place && this.#queue.take();
      if (place === undefined || task === undefined) return;
      this.#start(place, task);
    }
  }

  #start(place: Place, task: Task): void {
    place.task = task;
    this.#ids += 1;
    try {
      place.thread ??= new WorkerThread(this.#spec, {
        ready: () => this.#limit(place),
        reply: (reply) => this.#finish(place, reply),
        gone: (why) => this.#lost(place, why),
      });
      this.#limit(place);
      place.thread.send({ id: this.#ids, job: task.name, input: task.input });
    } catch (error) {
      void this.#clear(place);
      task.failed(this.#count(task, 'failed', error instanceof Error ? error : new Error(String(error))));
    }
  }

  /** The time that a place's worker has from now: to start, or for its job. */
  #limit(place: Place): void {
    clearTimeout(place.timer);
    const isReady = place.thread?.isReady === true;
    const limitMs = isReady ? this.#jobMs : this.#startMs;
    place.timer = setTimeout(() => this.#overdue(place, limitMs), limitMs).unref();
  }

  #finish(place: Place, reply: JobReply): void {
    const { task } = place;
    clearTimeout(place.timer);
    place.task = undefined;
    place.thread?.rest();
    place.timer = setTimeout(() => void this.#clear(place), this.#idleMs).unref();
    if (task !== undefined) this.#tell(task, reply);
    this.#pump();
  }

  #tell(task: Task, reply: JobReply): void {
    if (reply.kind === 'failed') {
      task.failed(this.#count(task, 'failed', receiveError(reply.error)));
      return;
    }
    this.#outcomes.add(1, { job: task.name, outcome: 'done' });
    task.done(reply);
  }

  #lost(place: Place, why: string): void {
    this.#logger.error('a worker is gone', { why, job: place.task?.name });
    this.#giveUp(place, 'lost', internal('the worker that did this is gone; it will be replaced'));
  }

  #overdue(place: Place, limitMs: number): void {
    this.#logger.error('a job took too long', { job: place.task?.name, limitMs });
    const message = `the work took longer than ${limitMs / 1000} s`;
    this.#giveUp(place, 'overdue', new ApiError('Timeout', message));
  }

  #giveUp(place: Place, outcome: Outcome, error: ApiError): void {
    const { task } = place;
    void this.#clear(place);
    task?.failed(this.#count(task, outcome, error));
    this.#pump();
  }

  async #clear(place: Place): Promise<void> {
    const { thread } = place;
    clearTimeout(place.timer);
    place.thread = undefined;
    place.task = undefined;
    await thread?.stop();
  }

  #count(task: Task, outcome: Outcome, error: Error): Error {
    this.#outcomes.add(1, { job: task.name, outcome });
    return error;
  }
}

function tooMuch(): ApiError {
  const message = 'too much work of this kind is waiting already, please try again later';
  return new ApiError('TooManyRequests', message, { details: { retryAfterSeconds: 1 } });
}

function stopping(): ApiError {
  return new ApiError('ServiceUnavailable', 'the server is stopping', { details: { retryAfterSeconds: 1 } });
}

function internal(why: string): ApiError {
  return new ApiError('InternalError', `Internal error occurred: ${why}`, { details: { causes: [{ message: why }] } });
}
