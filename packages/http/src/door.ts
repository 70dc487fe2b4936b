import { once } from 'node:events';
import { constants, createSecureServer } from 'node:http2';
import type { Http2SecureServer, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex, Writable } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { badRequest } from '@kcp/api-machinery';
import type { Logger, Meter } from '@kcp/telemetry';
import { Answerer } from './answerer.ts';
import type { ColdPages, ColdRoutes } from './cold-pages.ts';
import type { Connection } from './connection.ts';
import { Connections } from './connections.ts';
import { countRefused } from './refused-connections.ts';
import { Corker } from './corker.ts';
import type { Handler } from './exchange.ts';
import { asksForWebSocket, Http1UpgradeExchange } from './http1-upgrade.ts';
import type { UpgradeHalves } from './http1-upgrade.ts';
import { Http1Exchange } from './http1-exchange.ts';
import type { Http1Halves } from './http1-exchange.ts';
import { Http2Exchange } from './http2-exchange.ts';
import type { Http2Halves } from './http2-exchange.ts';
import { Http2UpgradeExchange } from './http2-upgrade.ts';
import { defaultLimits } from './limits.ts';
import type { Limits } from './limits.ts';
import type { DoorParts, LiveExchange } from './live-exchange.ts';
import { isSound, refuseMalformed } from './malformed.ts';
import { urlOf } from './door-url.ts';
import { serverOptions } from './server-options.ts';
import { apiErrorResponse } from './status-response.ts';
import { noTarget, readTarget } from './target.ts';
import type { Target } from './target.ts';
import { contextOptions, losesAuthority, namedContexts, type ContextOf, type DoorTls } from './tls-contexts.ts';
import { Upgrades } from './upgrades.ts';

const malformed = apiErrorResponse(badRequest('the request is malformed'));

/** How long a connection that is broken off has for its last words, in milliseconds. */
const cutMs = 100;

/** What a door is opened with. */
export interface DoorOptions {
  /** The address to listen on. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly tls: DoorTls;
  /** Answers every request that is not cold. */
  readonly handler: Handler;
  readonly cold?: ColdRoutes;
  readonly logger: Logger;
  readonly meter: Meter;
  /** What differs from `defaultLimits`. */
  readonly limits?: Partial<Limits>;
}

/** A listening server. */
export interface Door extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  /** `https://address:port`; the loopback address where it listens on all. */
  readonly url: string;
  /**
   * New connections are secured with this; open ones stay as they are, but those of clients with a certificate end in order
   * where an authority no longer counts. Throws Node's error where something is no good: then nothing changes. Whether
   * clients are asked for certificates, and names are looked at, is decided at the start.
   */
  renew(tls: DoorTls): void;
  /**
   * Accepts no more, says so to HTTP/2 clients, ends every stream in order, waits for requests under way up to `graceMs`
   * (the limit's where left out), then cuts the rest off. Further calls wait for the first.
   */
  stop(graceMs?: number): Promise<void>;
}

/** Listens; HTTP/2 and HTTP/1.1 over TLS on one port. Rejects with Node's error where the port or the keys are no good. */
export async function startDoor(options: DoorOptions): Promise<Door> {
  const door = new SecureDoor(options);
  await door.listen();
  return door;
}

class SecureDoor implements Door {
  readonly #options: DoorOptions;
  readonly #limits: Limits;
  readonly #logger: Logger;
  readonly #server: Http2SecureServer;
  readonly #sockets = new Set<Socket>();
  readonly #connections: Connections;
  readonly #parts: DoorParts;
  readonly #answerer: Answerer;
  #cold: ColdPages | undefined;
  #tls: DoorTls;
  #named: ContextOf;
  /** Of HTTP/1.1 by socket, of HTTP/2 by session. */
  readonly #connectionOf = new WeakMap<object, Connection>();
  readonly #sweeper: NodeJS.Timeout;
  #cut: NodeJS.Timeout | undefined;
  #bound = { address: '', port: 0 };
  #stopped: Promise<void> | undefined;

  constructor(options: DoorOptions) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#logger = options.logger.child({ package: 'http' });
    const open = options.meter.gauge({ name: 'http_open_connections', help: 'Connections that are open now.' });
    this.#connections = new Connections(this.#limits, open);
    this.#parts = {
      connections: this.#connections,
      corker: new Corker(),
      upgrades: new Upgrades(
        this.#limits,
        options.meter.gauge({ name: 'http_upgraded_connections', help: 'Sockets that are open now.' }),
      ),
      broken: (thrown) => this.#logger.error('a streamed answer failed', { error: thrown }),
    };
    this.#answerer = new Answerer(options.handler, this.#logger);
    this.#tls = options.tls;
    this.#named = namedContexts(options.tls);
    this.#server = createSecureServer(serverOptions(options.tls, this.#limits, (name) => this.#named(name)));
    this.#server.maxConnections = this.#limits.connections;
    this.#watchConnections();
    this.#takeRequests();
    const { headerMs, keepAliveMs, stallMs, pingMs } = this.#limits;
    const patience = Math.min(headerMs, keepAliveMs, stallMs, pingMs);
    this.#sweeper = setInterval(() => this.#sweep(performance.now()), Math.min(5_000, patience));
    this.#sweeper.unref();
  }

  get address(): string {
    return this.#bound.address;
  }

  get port(): number {
    return this.#bound.port;
  }

  get url(): string {
    return urlOf(this.#bound);
  }

  async listen(): Promise<void> {
    const { cold } = this.#options;
    // Express is loaded only where there are such pages: a good part of a start.
    if (cold) this.#cold = (await import('./cold-pages.ts')).coldPages(cold, this.#logger);
    this.#server.listen(this.#options.port, this.#options.host);
    await once(this.#server, 'listening');
    const bound = this.#server.address();
    // A text is the address of a pipe, of which there is none.
    if (bound !== null && typeof bound === 'object') this.#bound = bound;
    this.#server.on('error', (error) => this.#logger.error('listening failed', { error }));
  }

  renew(tls: DoorTls): void {
    const named = namedContexts(tls);
    this.#server.setSecureContext(contextOptions(tls));
    this.#named = named;
    const isLess = losesAuthority(this.#tls.clientCa, tls.clientCa);
    this.#tls = tls;
    if (!isLess) return;
    this.#connections.drainCertified();
    // Once more for handshakes that were under way.
    setTimeout(() => this.#connections.drainCertified(), this.#limits.handshakeMs).unref();
  }

  stop(graceMs = this.#limits.graceMs): Promise<void> {
    this.#stopped ??= this.#stop(graceMs);
    return this.#stopped;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #sweep(now: number): void {
    this.#connections.sweep(now);
    this.#parts.upgrades.sweep(now);
  }

  async #stop(graceMs: number): Promise<void> {
    clearInterval(this.#sweeper);
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#connections.drain();
    const timer = setTimeout(() => {
      this.#connections.destroy();
      this.#cut = setTimeout(() => {
        for (const socket of this.#sockets) socket.destroy();
      }, cutMs);
    }, graceMs);
    await closed;
    clearTimeout(timer);
    clearTimeout(this.#cut);
  }

  #watchConnections(): void {
    countRefused(this.#server, this.#options.meter);
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#server.on('secureConnection', (socket) => {
      if (socket.alpnProtocol !== 'h2') this.#http1Connection(socket);
    });
    this.#server.on('session', (session) => this.#http2Connection(session));
  }

  #http1Connection(socket: TLSSocket): void {
    const connection = this.#connections.add(socket, {
      timed: true,
      close: () => socket.destroySoon(),
      destroy: () => socket.destroy(),
    });
    this.#connectionOf.set(socket, connection);
    socket.on('close', () => this.#connections.remove(connection));
  }

  #http2Connection(session: ServerHttp2Session): void {
    const { socket } = session;
    if (!(socket instanceof TLSSocket)) return;
    const connection = this.#connections.add(socket, {
      timed: false,
      close: () => session.close(),
      destroy: () => session.destroy(undefined, constants.NGHTTP2_CANCEL),
    });
    this.#connectionOf.set(session, connection);
    session.on('close', () => this.#connections.remove(connection));
  }

  #takeRequests(): void {
    const server = this.#server;
    server.on('request', (message: IncomingMessage, response: ServerResponse) =>
      this.#http1({ message, response, waits: false }),
    );
    server.on('checkContinue', (message: IncomingMessage, response: ServerResponse) =>
      this.#http1({ message, response, waits: true }),
    );
    // Listening to `request` just brought in the compatibility layer for HTTP/2, which this door does without.
    server.removeAllListeners('stream');
    server.on(
      'stream',
      (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, rawHeaders: string[]) =>
        this.#http2({ stream, headers, rawHeaders }),
    );
    // A server that speaks both protocols does not hand this option on to its HTTP/1.1 half.
    Object.assign(server, { shouldUpgradeCallback: asksForWebSocket });
    server.on('upgrade', (message: IncomingMessage, socket: Socket, head: Buffer) =>
      this.#upgrade({ message, socket, head }),
    );
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => this.#malformed(error, socket));
  }

  #malformed(error: NodeJS.ErrnoException, socket: Duplex): void {
    // Nothing may be written into an answer under way; and one refusal is enough.
    const idle = this.#connectionOf.get(socket)?.active === 0;
    if (idle && socket.writable) refuseMalformed(error.code ?? '', socket, this.#limits.lingerMs);
    else if (!socket.writableEnded) socket.destroy();
  }

  #http1(halves: Http1Halves): void {
    const { message, response } = halves;
    const peer = this.#connectionOf.get(message.socket);
    // Nobody waits for that many answers in a row; whoever pipelines so is up to something.
    if (!peer || peer.active >= this.#limits.streamsPerConnection) {
      message.socket.destroy();
      return;
    }
    const target = isSound(message) ? readTarget(message.url ?? '') : undefined;
    if (target && this.#cold?.isCold(target.path)) {
      this.#countPage(peer, response);
      if (halves.waits) response.writeContinue();
      this.#cold.http1(message, response);
      return;
    }
    const line = { peer, method: message.method ?? '', target: target ?? noTarget };
    this.#answer(new Http1Exchange(this.#parts, line, halves), target);
  }

  #upgrade(halves: UpgradeHalves): void {
    const { message, socket } = halves;
    const peer = this.#connectionOf.get(socket);
    // Node does not wait for the answers before it: nothing may be written among them.
    if (!peer || peer.active > 0) {
      socket.destroy();
      return;
    }
    const target = isSound(message) ? readTarget(message.url ?? '') : undefined;
    const line = { peer, method: message.method ?? '', target: target ?? noTarget };
    this.#answer(new Http1UpgradeExchange(this.#parts, line, halves), target);
  }

  #http2(halves: Http2Halves): void {
    const { stream, headers, rawHeaders } = halves;
    stream.on('error', nothing);
    const peer = stream.session && this.#connectionOf.get(stream.session);
    if (!peer || stream.destroyed) return;
    const target = readTarget(headers[':path'] ?? '');
    if (target && this.#cold?.isCold(target.path)) {
      this.#countPage(peer, stream);
      this.#cold.http2(stream, headers, rawHeaders);
      return;
    }
    const line = { peer, method: headers[':method'] ?? '', target: target ?? noTarget };
    const Exchange = headers[':protocol'] === undefined ? Http2Exchange : Http2UpgradeExchange;
    this.#answer(new Exchange(this.#parts, line, halves), target);
  }

  #countPage(peer: Connection, page: Writable): void {
    const underway = { drain: nothing, cut: nothing };
    peer.begin(underway);
    page.on('close', () => this.#connections.over(peer, underway));
  }

  #answer(exchange: LiveExchange, target: Target | undefined): void {
    const refusal = target ? exchange.refusal : malformed;
    if (refusal) this.#answerer.send(exchange, refusal);
    else this.#answerer.answer(exchange);
  }
}

/** For errors of streams, whose end is handled at their close, and for pages, which end by themselves. */
function nothing(): void {}
