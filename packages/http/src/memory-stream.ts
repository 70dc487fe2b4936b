import type { Sink } from './exchange.ts';

/** How much is written ahead of the reader before the writer is asked to wait; Node's measure for its own streams. */
const highWater = 64 * 1024;

/** A body that goes from a writer to a reader of the same process: the sink on one side, the iterable on the other. */
export class MemoryStream implements Sink, AsyncIterable<Uint8Array> {
  #queue: Uint8Array[] = [];
  #pending = 0;
  #closed = false;
  #complete = false;
  #failure: { readonly thrown: unknown } | undefined;
  #listeners: (() => void)[] = [];
  #wakeReader: (() => void) | undefined;
  #wakeWriters: (() => void)[] = [];

  get pending(): number {
    return this.#pending;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** True once the writer came to its end. */
  get complete(): boolean {
    return this.#complete;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#closed || bytes.byteLength === 0) return true;
    this.#queue.push(bytes);
    this.#pending += bytes.byteLength;
    this.#wakeReader?.();
    return this.#pending < highWater;
  }

  drained(): Promise<void> {
    if (this.#closed || this.#pending < highWater) return Promise.resolve();
    return new Promise((resolve) => this.#wakeWriters.push(resolve));
  }

  onClose(listener: () => void): void {
    if (this.#closed) listener();
    else this.#listeners.push(listener);
  }

  /** The writer is done: the reader gets what is left, then the end. */
  end(): void {
    if (this.#closed) return;
    this.#complete = true;
    this.#close();
  }

  /** The body breaks off: the reader throws `thrown`, what it has not read is dropped. */
  fail(thrown: unknown): void {
    if (this.#closed) return;
    this.#failure = { thrown };
    this.#queue = [];
    this.#pending = 0;
    this.#close();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
    try {
      while (true) {
        const batch = this.#queue;
        this.#queue = [];
        for (const bytes of batch) {
          if (this.#failure) break;
          yield bytes;
          this.#taken(bytes.byteLength);
        }
        if (this.#failure) throw this.#failure.thrown;
        if (this.#queue.length === 0) {
          if (this.#closed) return;
          await this.#written();
        }
      }
    } finally {
      // Also where the reader leaves early.
      this.#queue = [];
      this.#pending = 0;
      this.#close();
    }
  }

  #taken(size: number): void {
    this.#pending = Math.max(0, this.#pending - size);
    if (this.#pending < highWater) this.#releaseWriters();
  }

  #written(): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeReader = () => {
        this.#wakeReader = undefined;
        resolve();
      };
    });
  }

  #releaseWriters(): void {
    const waiting = this.#wakeWriters;
    this.#wakeWriters = [];
    for (const wake of waiting) wake();
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#wakeReader?.();
    this.#releaseWriters();
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
  }
}
