import { MessageQueue } from './message-queue.ts';
import { ordinaryEnd } from './message-socket.ts';
import type { Message, MessageSocket, SocketEnd } from './message-socket.ts';
import { SocketEnding } from './socket-end.ts';

/** The two ends of one conversation within a process. */
export interface SocketPair {
  readonly client: MessageSocket;
  readonly server: MessageSocket;
}

/** Makes both ends of a conversation within the process. */
export function memorySockets(subprotocol?: string): SocketPair {
  const client = new MemorySocket(subprotocol);
  const server = new MemorySocket(subprotocol);
  client.join(server);
  server.join(client);
  return { client, server };
}

class MemorySocket implements MessageSocket {
  readonly subprotocol: string | undefined;
  readonly #ending = new SocketEnding();
  readonly #queue: MessageQueue;
  /** True while the reader of this end has all it can take. */
  #full = false;
  #waiting: (() => void)[] = [];
  #other: MemorySocket | undefined;

  constructor(subprotocol: string | undefined) {
    this.subprotocol = subprotocol;
    this.#queue = new MessageQueue({
      pause: () => {
        this.#full = true;
      },
      resume: () => this.#makeRoom(),
    });
  }

  join(other: MemorySocket): void {
    this.#other = other;
  }

  get pending(): number {
    return this.closed || !this.#other ? 0 : this.#other.#queue.size;
  }

  get closed(): boolean {
    return this.#ending.end !== undefined;
  }

  get end(): SocketEnd | undefined {
    return this.#ending.end;
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  send(message: Message): boolean {
    if (this.closed || !this.#other) return true;
    this.#other.#queue.add(message);
    return !this.#other.#full;
  }

  drained(): Promise<void> {
    const other = this.#other;
    if (this.closed || !other || !other.#full) return Promise.resolve();
    return new Promise((resolve) => other.#waiting.push(resolve));
  }

  discard(): void {
    this.#queue.drop();
  }

  onClose(listener: () => void): void {
    this.#ending.onClose(listener);
  }

  close(end: SocketEnd = ordinaryEnd): void {
    if (this.closed) return;
    this.#over(end);
    this.#queue.drop();
    if (this.#other) this.#other.#over(end);
  }

  [Symbol.asyncIterator](): AsyncGenerator<Message, void, void> {
    return this.#queue[Symbol.asyncIterator]();
  }

  #over(end: SocketEnd): void {
    if (!this.#ending.settle(end)) return;
    this.#queue.end();
    this.#makeRoom();
    if (this.#other) this.#other.#makeRoom();
  }

  #makeRoom(): void {
    this.#full = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
