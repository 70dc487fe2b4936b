import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { TransportRequest } from '@kcp/http';
import { ConnectionError } from './connection-error.ts';
import { exchange } from './http2-exchange.ts';
import type { RawResponse } from './response-body.ts';
import type { TransportLimits } from './transport-limits.ts';

/** How much of one answer may be on its way unread, and of all answers of a connection. */
const STREAM_WINDOW = 1024 * 1024;
const SESSION_WINDOW = 16 * 1024 * 1024;

/** What a session is made of. */
export interface SessionOptions {
  readonly socket: Duplex;
  /** `https://host:port` */
  readonly origin: string;
  readonly limits: TransportLimits;
  /** A request ended, or the session takes no more: whoever waits may look again. */
  readonly onChange: () => void;
}

/**
 * One HTTP/2 connection. It takes requests up to what the server allows at once, asks a silent server for a sign of life, and
 * goes away by itself: after a GOAWAY when its requests are done, when idle too long, or with its socket.
 */
export class Http2Session {
  readonly #session: ClientHttp2Session;
  readonly #socket: Duplex;
  readonly #limits: TransportLimits;
  readonly #onChange: () => void;
  #active = 0;
  #open = true;
  /** The newest stream that the server worked on, once it said so. */
  #lastStream = Infinity;
  #idle: NodeJS.Timeout | undefined;
  #life: NodeJS.Timeout | undefined;
  #received = 0;

  private constructor({ socket, origin, limits, onChange }: SessionOptions) {
    this.#socket = socket;
    this.#limits = limits;
    this.#onChange = onChange;
    this.#session = connect(origin, {
      createConnection: () => socket,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW },
      peerMaxConcurrentStreams: limits.streamsPerSession,
    });
    this.#session.on('error', () => {});
    this.#session.on('goaway', (_code: number, lastStream: number) => {
      this.#lastStream = lastStream;
      this.#stop();
    });
    this.#session.on('close', () => {
      clearTimeout(this.#idle);
      clearTimeout(this.#life);
      this.#stop();
    });
  }

  /** Begins a session on a connection; resolves once the server's settings are there. Rejects with ConnectionError `unsent`. */
  static async start(options: SessionOptions): Promise<Http2Session> {
    const started = new Http2Session(options);
    const session = started.#session;
    await new Promise<void>((resolve, reject) => {
      const refuse = (cause?: unknown): void => {
        clearTimeout(timer);
        session.destroy();
        reject(new ConnectionError('unsent', 'the HTTP/2 connection did not begin', cause));
      };
      const timer = setTimeout(refuse, options.limits.connectMs);
      session.once('error', refuse);
      session.once('close', refuse);
      session.once('remoteSettings', () => {
        clearTimeout(timer);
        session.off('error', refuse);
        session.off('close', refuse);
        resolve();
      });
    });
    session.setLocalWindowSize(SESSION_WINDOW);
    started.#watchLife();
    started.#watchIdle();
    return started;
  }

  /** True while it takes new requests. */
  get open(): boolean {
    return this.#open;
  }

  /** How many more requests it takes now. */
  get room(): number {
    if (!this.#open) return 0;
    const allowed = this.#session.remoteSettings.maxConcurrentStreams ?? this.#limits.streamsPerSession;
    return Math.min(allowed, this.#limits.streamsPerSession) - this.#active;
  }

  /** Sends a request; there must be room. */
  async send(request: TransportRequest): Promise<RawResponse> {
    const stream = this.#begin(request);
    stream.once('close', () => {
      this.#active -= 1;
      this.#watchIdle();
      this.#onChange();
    });
    return exchange(stream, { request, limits: this.#limits, refused: () => this.#refused(stream) });
  }

  /** Takes no more requests; those under way end first. */
  retire(): void {
    this.#stop();
    if (!this.#session.destroyed) this.#session.close();
  }

  /** Ends everything at once. */
  destroy(): void {
    this.#stop();
    this.#session.destroy();
  }

  #begin({ method = 'GET', target, headers, body }: TransportRequest): ClientHttp2Stream {
    try {
      const stream = this.#session.request(
        { ...headers, ':method': method, ':path': target },
        { endStream: body === undefined },
      );
      this.#active += 1;
      clearTimeout(this.#idle);
      this.#session.ref();
      if (body !== undefined) stream.end(body);
      return stream;
    } catch (error) {
      throw ConnectionError.from(error, 'unsent', 'the request could not be sent');
    }
  }

  #refused({ id, rstCode }: ClientHttp2Stream): boolean {
    return id === undefined || id > this.#lastStream || rstCode === constants.NGHTTP2_REFUSED_STREAM;
  }

  #stop(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#onChange();
  }

  /** A session without requests keeps no process alive, and is closed after a while. */
  #watchIdle(): void {
    if (this.#active > 0 || this.#session.destroyed) return;
    this.#session.unref();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.retire(), this.#limits.idleMs).unref();
  }

  #watchLife(): void {
    const { silenceMs, pingMs } = this.#limits;
    this.#life = setTimeout(() => {
      if (this.#session.destroyed) return;
      const received = this.#bytesRead();
      if (received !== this.#received) {
        this.#received = received;
        this.#watchLife();
        return;
      }
      const dead = setTimeout(() => this.#die(), pingMs).unref();
      this.#session.ping(() => {
        clearTimeout(dead);
        this.#received = this.#bytesRead();
        if (!this.#session.destroyed) this.#watchLife();
      });
    }, silenceMs).unref();
  }

  #bytesRead(): number {
    return 'bytesRead' in this.#socket && typeof this.#socket.bytesRead === 'number' ? this.#socket.bytesRead : 0;
  }

  #die(): void {
    this.#stop();
    const { silenceMs, pingMs } = this.#limits;
    this.#session.destroy(
      new ConnectionError('lost', `the server was silent for ${silenceMs} ms, and for ${pingMs} ms after a ping`),
    );
  }
}
