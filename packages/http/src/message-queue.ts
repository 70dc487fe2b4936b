import type { Message } from './message-socket.ts';

/** How much is taken ahead of the reader before the other side has to wait, in bytes. */
const highWater = 64 * 1024;

/** What a message costs beside its bytes: many empty ones are not free. */
const overhead = 64;

/** The flow of what comes in. */
export interface Inflow {
  pause(): void;
  resume(): void;
}

/** Messages that came and wait for their reader; says when the other side has to wait. */
export class MessageQueue implements AsyncIterable<Message> {
  readonly #inflow: Inflow;
  #waiting: Message[] = [];
  #size = 0;
  #paused = false;
  #dropping = false;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(inflow: Inflow) {
    this.#inflow = inflow;
  }

  /** The bytes that wait. */
  get size(): number {
    return this.#size;
  }

  add(message: Message): void {
    if (this.#dropping || this.#ended) return;
    this.#waiting.push(message);
    this.#size += message.data.byteLength + overhead;
    if (this.#size >= highWater && !this.#paused) {
      this.#paused = true;
      this.#inflow.pause();
    }
    this.#wake?.();
  }

  /** No more will come; what came before is still read. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** Drops what is there and all that comes. */
  drop(): void {
    this.#dropping = true;
    this.#waiting = [];
    this.#shrink(this.#size);
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Message, void, void> {
    try {
      while (!this.#dropping) {
        const batch = this.#waiting;
        this.#waiting = [];
        for (const message of batch) {
          yield message;
          if (this.#dropping) return;
          this.#shrink(message.data.byteLength + overhead);
        }
        if (this.#waiting.length > 0) continue;
        if (this.#ended) return;
        await this.#more();
      }
    } finally {
      this.drop();
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }

  #shrink(size: number): void {
    this.#size = Math.max(0, this.#size - size);
    if (!this.#paused || this.#size >= highWater) return;
    this.#paused = false;
    this.#inflow.resume();
  }
}
