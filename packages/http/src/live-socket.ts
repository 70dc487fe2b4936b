import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { MessageQueue } from './message-queue.ts';
import { ordinaryEnd } from './message-socket.ts';
import type { Message, MessageSocket, SocketEnd } from './message-socket.ts';
import { SocketEnding } from './socket-end.ts';

/** How much may wait for the other side before a writer is asked to wait, in bytes. */
const highWater = 64 * 1024;

/** What the server says when it stops. */
const goingAway: SocketEnd = { code: 1001, reason: 'the server is stopping' };

const tooLarge: SocketEnd = { code: 1009, reason: 'a message was too large' };

/** A socket over a connection. Messages are never compressed: what is sent to many is shared between them. */
export class LiveSocket implements MessageSocket {
  readonly subprotocol: string | undefined;
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #queue: MessageQueue;
  readonly #ending = new SocketEnding();
  /** What came, and what was taken, since it was last looked at. */
  #heard = true;
  #seenPending = 0;
  #draining: Promise<void> | undefined;
  #drained: (() => void) | undefined;

  /** `stream` is what `socket` writes to. */
  constructor(socket: WebSocket, stream: Duplex) {
    this.#socket = socket;
    this.#stream = stream;
    this.subprotocol = socket.protocol === '' ? undefined : socket.protocol;
    this.#queue = new MessageQueue({ pause: () => socket.pause(), resume: () => socket.resume() });
    socket.on('message', (data, binary) => {
      this.#heard = true;
      this.#queue.add({ kind: binary ? 'binary' : 'text', data: bytesOf(data) });
    });
    socket.on('pong', () => {
      this.#heard = true;
    });
    socket.on('ping', () => {
      this.#heard = true;
    });
    // what else is wrong with what came is in the close that follows
    socket.on('error', (error) => {
      if ('code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') this.#over(tooLarge);
    });
    socket.on('close', (code, reason) => this.#over({ code, reason: reason.toString() }));
  }

  get pending(): number {
    return this.closed ? 0 : this.#socket.bufferedAmount;
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

  send({ kind, data }: Message): boolean {
    if (this.closed || this.#socket.readyState !== this.#socket.OPEN) return true;
    this.#socket.send(data, { binary: kind === 'binary' });
    return this.#socket.bufferedAmount < highWater;
  }

  drained(): Promise<void> {
    if (this.closed || !this.#stream.writableNeedDrain) return Promise.resolve();
    this.#draining ??= new Promise((resolve) => {
      this.#drained = resolve;
      this.#stream.once('drain', this.#onDrain);
    });
    return this.#draining;
  }

  discard(): void {
    this.#queue.drop();
  }

  onClose(listener: () => void): void {
    this.#ending.onClose(listener);
  }

  close(end: SocketEnd = ordinaryEnd): void {
    if (this.closed) return;
    this.#socket.close(end.code, end.reason);
    this.#over(end);
    // the other side's good-bye is behind whatever nobody read
    this.#queue.drop();
  }

  [Symbol.asyncIterator](): AsyncGenerator<Message, void, void> {
    return this.#queue[Symbol.asyncIterator]();
  }

  /** The server stops. */
  drain(): void {
    this.close(goingAway);
  }

  /** Breaks off. */
  destroy(): void {
    this.#socket.terminate();
  }

  /** Asks whether the other side is there; one that neither answered nor read anything since it was asked last is cut off. */
  probe(): void {
    if (this.closed) return;
    const pending = this.#socket.bufferedAmount;
    if (!this.#heard && pending >= this.#seenPending) {
      this.destroy();
      return;
    }
    this.#heard = false;
    this.#seenPending = pending;
    this.#socket.ping();
  }

  #over(end: SocketEnd): void {
    if (!this.#ending.settle(end)) return;
    this.#queue.end();
    this.#onDrain();
  }

  readonly #onDrain = (): void => {
    this.#stream.off('drain', this.#onDrain);
    this.#drained?.();
    this.#drained = undefined;
    this.#draining = undefined;
  };
}

function bytesOf(data: Buffer | ArrayBuffer | Buffer[]): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
