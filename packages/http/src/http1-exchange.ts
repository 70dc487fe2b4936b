import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Response } from './exchange.ts';
import { linger } from './linger.ts';
import { LiveExchange } from './live-exchange.ts';
import type { DoorParts, RequestLine } from './live-exchange.ts';
import { readBody, tooLarge } from './read-body.ts';
import { WritableSink } from './writable-sink.ts';

const noBytes = Buffer.alloc(0);

/** Answers beyond this size may still be on their way when the next request comes. */
const largeAnswer = 8 * 1024;
const inTurns = new WeakSet<Socket>();
const ignore = (): void => {};

/**
 * Takes a connection from Node's short cut, in which the parser reads from the handle itself. While an answer is not drained
 * Node pauses the next request; the short cut then fails on what TLS still delivers (HPE_PAUSED), and the request is lost. A
 * listener for `data` ends the short cut for good: what comes meanwhile waits in the stream.
 */
function readInTurns(socket: Socket): void {
  if (inTurns.has(socket)) return;
  inTurns.add(socket);
  socket.on('data', ignore);
  socket.off('data', ignore);
}

/** Node's two halves of one HTTP/1.1 request. */
export interface Http1Halves {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
  /** True while the client waits for `100 Continue` before it sends the body. */
  readonly waits: boolean;
}

/** A request over HTTP/1.1. */
export class Http1Exchange extends LiveExchange {
  readonly protocol = 'http/1.1';
  protected readonly out: ServerResponse;
  readonly #message: IncomingMessage;
  #waits: boolean;
  #asked = false;

  constructor(parts: DoorParts, line: RequestLine, halves: Http1Halves) {
    super(parts, line);
    this.#message = halves.message;
    this.out = halves.response;
    this.#waits = halves.waits;
    this.out.on('close', () => this.ended(this.out.writableFinished));
  }

  header(name: string): string | undefined {
    const value = this.#message.headers[name];
    // Names such as `constructor` find what every object has.
    if (typeof value === 'string') return value;
    return Array.isArray(value) ? value.join(', ') : undefined;
  }

  *headers(): Iterable<readonly [string, string]> {
    const raw = this.#message.rawHeaders;
    for (let at = 0; at + 1 < raw.length; at += 2) yield [(raw[at] ?? '').toLowerCase(), raw[at + 1] ?? ''];
  }

  body(limit: number): Promise<Buffer> {
    if (!this.#hasBody()) return Promise.resolve(noBytes);
    if (this.#declaredLength() > limit) return Promise.reject(tooLarge(limit));
    this.#asked = true;
    if (this.#waits) {
      this.#waits = false;
      this.out.writeContinue();
    }
    const { bodyMs, bodyIdleMs } = this.parts.connections.limits;
    return readBody(this.#message, { limit, bodyMs, bodyIdleMs, isWhole: () => this.#message.complete });
  }

  reset(): void {
    this.#message.socket.destroy();
  }

  protected sendHead(response: Response, length: number): void {
    const head: string[] = [];
    for (const name of Object.keys(response.headers)) {
      const value = response.headers[name];
      if (typeof value === 'string') head.push(name, value);
      else if (value) for (const one of value) head.push(name, one);
    }
    if (length >= 0) head.push('content-length', String(length));
    if (length < 0 || length > largeAnswer) readInTurns(this.#message.socket);
    if (!this.#settleBody() || this.parts.connections.stopping) head.push('connection', 'close');
    this.out.writeHead(response.status, head);
  }

  protected openSink(response: Response): WritableSink {
    this.sendHead(response, -1);
    const { socket, chunkedEncoding } = this.out;
    // Without a socket an earlier pipelined answer is still under way; Node's response then keeps the order. It is not
    // corked: ended so, it sends its last chunk before the held ones.
    const sink =
      socket && chunkedEncoding
        ? new WritableSink({ out: socket, framed: true, corker: this.parts.corker })
        : new WritableSink({ out: this.out, framed: false });
    sink.cork();
    this.out.flushHeaders();
    return sink;
  }

  #hasBody(): boolean {
    const { headers } = this.#message;
    return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
  }

  #declaredLength(): number {
    return Number(this.#message.headers['content-length'] ?? 0);
  }

  /** Decides about a body that was not read: true where its rest is dropped and the connection goes on. */
  #settleBody(): boolean {
    if (this.#message.complete || !this.#hasBody()) return true;
    const { discardBytes, lingerMs } = this.parts.connections.limits;
    const length = this.#declaredLength();
    this.#message.resume();
    if (!this.#waits && !this.#asked && length > 0 && length <= discardBytes) return true;
    const { socket } = this.#message;
    // What Node calls once the answer is written.
    socket.destroySoon = () => {
      socket.end();
      linger(socket, lingerMs);
    };
    return false;
  }
}
