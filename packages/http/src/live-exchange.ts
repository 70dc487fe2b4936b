import type { Writable } from 'node:stream';
import { ApiError } from '@kcp/api-machinery';
import type { Connection, Underway } from './connection.ts';
import type { Connections } from './connections.ts';
import { converse } from './converse.ts';
import type { Corker } from './corker.ts';
import type { Request, Response, StreamBody } from './exchange.ts';
import type { LiveSocket } from './live-socket.ts';
import { memorySockets } from './memory-socket.ts';
import type { Upgrade, UpgradeRequest } from './message-socket.ts';
import { byteLength, sendBytes } from './send-bytes.ts';
import type { Bytes } from './send-bytes.ts';
import { apiErrorResponse } from './status-response.ts';
import type { Target } from './target.ts';
import type { Upgrades } from './upgrades.ts';
import { WritableSink } from './writable-sink.ts';

/** What the exchanges of one door have in common. */
export interface DoorParts {
  readonly connections: Connections;
  readonly corker: Corker;
  readonly upgrades: Upgrades;
  /** Told of a body that failed after its headers were sent: the client only sees the stream break. */
  readonly broken: (thrown: unknown) => void;
}

/** Who asks for what. */
export interface RequestLine {
  readonly peer: Connection;
  readonly method: string;
  readonly target: Target;
}

/** Answers beyond this size count against the connection's backlog. */
const largeAnswer = 64 * 1024;

/** One request under way on a socket: the contract's request, and the sending of its answer, whatever the protocol. */
export abstract class LiveExchange implements Request, Underway {
  abstract readonly protocol: 'http/1.1' | 'h2';
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly peer: Connection;
  protected readonly parts: DoorParts;
  #controller: AbortController | undefined;
  #sink: WritableSink | undefined;
  #socket: LiveSocket | undefined;
  #backlog = 0;
  #over = false;

  constructor(parts: DoorParts, line: RequestLine) {
    this.parts = parts;
    this.peer = line.peer;
    this.method = line.method;
    this.path = line.target.path;
    this.query = line.target.query;
    line.peer.begin(this);
  }

  abstract header(name: string): string | undefined;
  abstract headers(): Iterable<readonly [name: string, value: string]>;
  abstract body(limit: number): Promise<Buffer>;

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#over) this.#controller.abort();
    return this.#controller.signal;
  }

  /** Sends the answer. Throws where the platform refuses its status or headers; then nothing is sent yet. */
  send(response: Response): void {
    const { body, upgrade } = response;
    if (this.#over || this.out.destroyed) {
      this.#abandon(response);
    } else if (upgrade) {
      this.#takeOn(response, upgrade);
    } else if (typeof body === 'function') {
      this.#sendStream(response, body);
    } else {
      this.#sendBytes(response, body);
    }
  }

  drain(): void {
    this.#sink?.close();
    this.#socket?.drain();
  }

  cut(): void {
    this.ended(false);
  }

  /** Breaks the exchange off; the client sees a reset. */
  abstract reset(): void;

  /** Where an answer's bytes go. */
  protected abstract readonly out: Writable;

  /** Sends status and headers; `length` is -1 where it is not known or may not be said. */
  protected abstract sendHead(response: Response, length: number): void;

  /** A sink, after the headers; the headers leave with the first bytes or at the turn's end. */
  protected abstract openSink(response: Response): WritableSink;

  /** The answer where the request is refused before anybody is asked; undefined where it is sound. */
  get refusal(): Response | undefined {
    return undefined;
  }

  /** What the client asks for beside an answer; only where it does, `openSocket` is there to be called. */
  get upgrade(): UpgradeRequest | undefined {
    return undefined;
  }

  /** Accepts the upgrade; undefined where the client is gone. Throws where the platform refuses the headers. */
  protected openSocket(_response: Response, _upgrade: Upgrade): LiveSocket | undefined {
    throw new Error('the answer is an upgrade that nobody asked for');
  }

  /** To be called once when the exchange is over; `complete` where all of the answer was sent. */
  protected ended(complete: boolean): void {
    if (this.#over) return;
    this.#over = true;
    this.#took(this.#backlog);
    this.parts.connections.over(this.peer, this);
    this.#sink?.close();
    if (!complete) this.#controller?.abort();
  }

  #sendBytes(response: Response, body: Bytes | undefined): void {
    const size = byteLength(body);
    const bodyless = response.status === 204 || response.status === 304;
    if (size > largeAnswer && !this.#reserve(size)) {
      this.send(apiErrorResponse(backlogFull));
      return;
    }
    this.sendHead(response, bodyless ? -1 : size);
    if (body === undefined || size === 0 || bodyless || this.method === 'HEAD') this.out.end();
    else sendBytes(this.out, body, this.#backlog > 0 ? (sent) => this.#took(sent) : undefined);
  }

  #reserve(size: number): boolean {
    if (!this.peer.reserve(size, this.parts.connections.limits.backlogBytes)) return false;
    this.#backlog = size;
    return true;
  }

  #took(size: number): void {
    const counted = Math.min(size, this.#backlog);
    if (counted === 0) return;
    this.#backlog -= counted;
    this.peer.release(counted);
  }

  #takeOn(response: Response, upgrade: Upgrade): void {
    const refused = this.parts.connections.stopping ? stopping : this.parts.upgrades.refusal();
    if (refused) {
      this.#abandon(response);
      this.send(apiErrorResponse(refused));
      return;
    }
    this.#socket = this.openSocket(response, upgrade);
    if (this.#socket) void converse(upgrade, this.#socket, this.parts.broken);
    else this.#abandon(response);
  }

  #sendStream(response: Response, body: StreamBody): void {
    if (this.method === 'HEAD') {
      this.sendHead(response, -1);
      this.out.end();
      this.#abandon(response);
      return;
    }
    const sink = this.openSink(response);
    this.#sink = sink;
    if (this.parts.connections.stopping) sink.close();
    this.#run(body, sink);
  }

  #run(body: StreamBody, sink: WritableSink): void {
    let running: Promise<void>;
    try {
      running = body(sink);
    } catch (thrown) {
      this.#breakOff(thrown);
      return;
    }
    running.then(
      () => {
        sink.close();
        if (!this.#over) this.out.end();
      },
      (thrown: unknown) => this.#breakOff(thrown),
    );
  }

  #breakOff(thrown: unknown): void {
    if (this.#over) return;
    this.parts.broken(thrown);
    this.reset();
  }

  /** What nobody will read still runs, with a closed sink or socket: it may hold what only its end gives back. */
  #abandon({ body, upgrade }: Response): void {
    if (upgrade) {
      const { server } = memorySockets();
      server.close({ code: 1006, reason: 'the client is gone' });
      void converse(upgrade, server, this.parts.broken);
    }
    if (typeof body !== 'function') return;
    const sink = new WritableSink({ out: this.out, framed: false });
    sink.close();
    const run = async (): Promise<void> => body(sink);
    run().catch((thrown: unknown) => this.parts.broken(thrown));
  }
}

const stopping = new ApiError('ServiceUnavailable', 'the server is stopping', { details: { retryAfterSeconds: 1 } });

const backlogFull = new ApiError('TooManyRequests', 'too many answers on this connection are still unread', {
  details: { retryAfterSeconds: 1 },
});
