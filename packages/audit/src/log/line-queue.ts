/** Where lines end up. Calls come one after the other. */
export interface LineOutput {
  /** Writes all bytes or throws; what was begun and not finished does not stand in the way of the next line. */
  write(bytes: Buffer): Promise<void>;
  close(): Promise<void>;
}

/** The most bytes of lines that wait for a slow disk; further ones are refused. */
export const QUEUE_BYTES = 64 * 1024 * 1024;
/** The bytes from which on lines wait for the next write instead of joining this one. */
const WRITE_BYTES = 1024 * 1024;

/** A line that waits, and who waits for it. */
interface Waiting {
  readonly line: Buffer;
  readonly settle: (error: unknown) => void;
}

/**
 * Brings lines to an output in order, one write at a time: what comes while one is under way goes together into the next.
 * The event loop is never held; who needs to know waits.
 */
export class LineQueue {
  readonly #output: LineOutput;
  #waiting: Waiting[] = [];
  #bytes = 0;
  #running: Promise<void> | undefined;

  constructor(output: LineOutput) {
    this.#output = output;
  }

  /** Resolves with undefined when the line is written, with the reason where it is not. */
  write(line: string): Promise<unknown> {
    const bytes = Buffer.from(line);
    if (this.#bytes + bytes.length > QUEUE_BYTES) return Promise.resolve(new Error('too much waits to be written'));
    const { promise, resolve } = Promise.withResolvers<unknown>();
    this.#waiting.push({ line: bytes, settle: resolve });
    this.#bytes += bytes.length;
    this.#running ??= this.#run();
    return promise;
  }

  /** Writes what waits and closes the output; gives up what is still waiting when the signal is aborted. */
  async close(deadline: AbortSignal): Promise<void> {
    const late = Promise.withResolvers<void>();
    const giveUp = (): void => {
      for (const { settle } of this.#waiting.splice(0)) settle(new Error('the server stopped before it was written'));
      late.resolve();
    };
    deadline.addEventListener('abort', giveUp, { once: true });
    if (deadline.aborted) giveUp();
    await Promise.race([this.#running, late.promise]);
    deadline.removeEventListener('abort', giveUp);
    await Promise.race([this.#output.close(), late.promise]);
  }

  async #run(): Promise<void> {
    // lines of the same turn go together
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const batch = this.#take();
      let failure: unknown;
      try {
        await this.#output.write(Buffer.concat(batch.map(({ line }) => line)));
      } catch (error) {
        failure = error ?? new Error('not written');
      }
      for (const { line, settle } of batch) {
        this.#bytes -= line.length;
        settle(failure);
      }
    }
    this.#running = undefined;
  }

  #take(): readonly Waiting[] {
    let bytes = 0;
    let count = 0;
    while (count < this.#waiting.length && (count === 0 || bytes < WRITE_BYTES)) {
      bytes += this.#waiting[count]?.line.length ?? 0;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }
}
