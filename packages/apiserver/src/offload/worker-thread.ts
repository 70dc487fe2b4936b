import { Worker } from 'node:worker_threads';
import type { JobReply, JobRequest } from './job-message.ts';

/** How a worker is made. */
export interface WorkerSpec {
  readonly entry: URL;
  /** What its objects may take: a job that needs more ends the worker, not the server. */
  readonly heapMegabytes: number;
}

/** Who hears of a worker. After `gone` nothing more is heard. */
export interface WorkerListener {
  reply(reply: JobReply): void;
  gone(why: string): void;
}

/** A worker and how it is spoken to. Does not keep the process alive unless told to. */
export class WorkerThread {
  readonly #worker: Worker;
  readonly #listener: WorkerListener;
  #gone = false;

  /** `entry` is the module that the worker runs: it calls `serveJobs`. */
  constructor({ entry, heapMegabytes }: WorkerSpec, listener: WorkerListener) {
    this.#listener = listener;
    this.#worker = new Worker(entry, { resourceLimits: { maxOldGenerationSizeMb: heapMegabytes } });
    this.#worker.on('message', (reply: JobReply) => {
      if (!this.#gone) listener.reply(reply);
    });
    this.#worker.on('error', (error) => this.#end(error instanceof Error ? error.message : String(error)));
    this.#worker.on('messageerror', (error) => this.#end(error.message));
    this.#worker.on('exit', (code) => this.#end(`it ended with code ${code}`));
    this.#worker.unref();
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

  #end(why: string): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#listener.gone(why);
    void this.#worker.terminate();
  }
}
