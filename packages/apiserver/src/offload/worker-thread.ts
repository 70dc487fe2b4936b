import { Worker } from 'node:worker_threads';
import type { JobReply, JobRequest, WorkerReady } from './job-message.ts';

/** How a worker is made. */
export interface WorkerSpec {
  readonly entry: URL;
  /** What its objects may take: a job that needs more ends the worker, not the server. */
  readonly heapMegabytes: number;
}

/** Who hears of a worker. After `gone` nothing more is heard. */
export interface WorkerListener {
  /** It can do jobs: what was sent before waited until now. */
  ready(): void;
  reply(reply: JobReply): void;
  gone(why: string): void;
}

/** A worker and how it is spoken to. Does not keep the process alive unless told to. */
export class WorkerThread {
  readonly #worker: Worker;
  readonly #listener: WorkerListener;
  #ready = false;
  #gone = false;

  /** `entry` is the module that the worker runs: it calls `serveJobs`. */
  constructor({ entry, heapMegabytes }: WorkerSpec, listener: WorkerListener) {
    this.#listener = listener;
    this.#worker = new Worker(entry, { resourceLimits: { maxOldGenerationSizeMb: heapMegabytes } });
    this.#worker.on('message', (message: JobReply | WorkerReady) => this.#hear(message));
    this.#worker.on('error', (error) => this.#end(error instanceof Error ? error.message : String(error)));
    this.#worker.on('messageerror', (error) => this.#end(error.message));
    this.#worker.on('exit', (code) => this.#end(`it ended with code ${code}`));
    this.#worker.unref();
  }

  /** False while it starts. */
  get isReady(): boolean {
    return this.#ready;
  }

  /** The process stays alive until the answer is there. */
  send(request: JobRequest): void {
    this.#worker.ref();
    this.#worker.postMessage(request);
  }

  /** Nothing is awaited of it. */
  rest(): void {
    this.#worker.unref();
  }

  /** Ends it, whatever it does. Its listener hears nothing more. */
  async stop(): Promise<void> {
    this.#gone = true;
    await this.#worker.terminate();
  }

  #hear(message: JobReply | WorkerReady): void {
    if (this.#gone) return;
    if (message.kind !== 'ready') {
      this.#listener.reply(message);
      return;
    }
    this.#ready = true;
    this.#listener.ready();
  }

  #end(why: string): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#listener.gone(why);
    void this.#worker.terminate();
  }
}
