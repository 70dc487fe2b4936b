import type { Duplex } from 'node:stream';
import type { TransportRequest } from '@kcp/http';
import type { Connection } from '../kubeconfig/connection.ts';
import { ConnectionError } from './connection-error.ts';
import { dial, type Dialed } from './dial.ts';
import { Http1Connections } from './http1-connections.ts';
import { Http2Session } from './http2-session.ts';
import type { RawResponse } from './response-body.ts';
import type { TlsMaterial } from './tls-material.ts';
import type { TransportLimits } from './transport-limits.ts';
import { WaitingRoom } from './waiting-room.ts';

/** What a pool is made of. */
export interface PoolOptions {
  readonly connection: Connection;
  readonly material: TlsMaterial;
  readonly limits: TransportLimits;
}

/**
 * The connections to one server with one set of certificates: HTTP/2 where the server speaks it, else HTTP/1.1. A request goes to
 * the first session with room; a further session is opened where none has; where there may be no further one, it waits.
 */
export class ConnectionPool {
  readonly #options: PoolOptions;
  readonly #url: URL;
  readonly #http1: Http1Connections;
  readonly #waiting: WaitingRoom;
  #sessions: Http2Session[] = [];
  #speaksHttp1: boolean;
  #opening: Promise<void> | undefined;
  #retired = false;

  constructor(options: PoolOptions) {
    const { connection, limits } = options;
    this.#options = options;
    this.#url = new URL(connection.server);
    this.#speaksHttp1 = this.#url.protocol === 'http:';
    this.#waiting = new WaitingRoom(limits);
    this.#http1 = new Http1Connections({
      dial: () => this.#dialHttp1(),
      host: this.#url.host,
      limits,
      onChange: () => this.#changed(),
    });
  }

  /** Sends a request. Rejects with ConnectionError, or with the signal's reason. */
  async send(request: TransportRequest): Promise<RawResponse> {
    const { sessions } = this.#options.limits;
    for (let opened = 0; ;) {
      request.signal?.throwIfAborted();
      if (this.#speaksHttp1 && this.#http1.room > 0) return this.#http1.send(request);
      const session = this.#sessions.find(({ room }) => room > 0);
      if (session) return session.send(request);
      if (this.#speaksHttp1 || this.#sessions.length >= sessions) {
        await this.#waiting.wait(request.signal);
        continue;
      }
      if (opened++ > sessions) throw new ConnectionError('unsent', 'the server ends every connection at once');
      await this.#waiting.race(this.#open(), request.signal);
    }
  }

  /** Takes no more connections into use; requests under way end first. */
  retire(): void {
    this.#retired = true;
    for (const session of this.#sessions) session.retire();
    this.#http1.retire();
  }

  /** Ends everything at once. */
  destroy(): void {
    this.#retired = true;
    for (const session of this.#sessions) session.destroy();
    this.#http1.destroy();
    this.#waiting.close(new ConnectionError('unsent', 'the client was closed'));
  }

  /** Opens one connection for all who wait: the server says what it speaks. */
  #open(): Promise<void> {
    this.#opening ??= this.#openOne()
      .finally(() => (this.#opening = undefined))
      .catch((error: unknown) => {
        // Who waits for room finds out for itself; there may be none to come.
        this.#waiting.admit(Infinity);
        throw error;
      });
    return this.#opening;
  }

  async #openOne(): Promise<void> {
    const dialed = await this.#dial(['h2', 'http/1.1']);
    if (this.#retired) {
      dialed.socket.destroy();
      throw new ConnectionError('unsent', 'the client was closed');
    }
    this.#speaksHttp1 = dialed.protocol === 'http/1.1';
    if (this.#speaksHttp1) {
      this.#http1.lay(dialed.socket);
      return;
    }
    const { limits } = this.#options;
    const session = await Http2Session.start({
      socket: dialed.socket,
      origin: this.#url.origin,
      limits,
      onChange: () => this.#changed(),
    });
    if (this.#retired) session.retire();
    else this.#sessions.push(session);
    this.#waiting.admit(session.room);
  }

  async #dialHttp1(): Promise<Duplex> {
    return (await this.#dial(['http/1.1'])).socket;
  }

  #dial(protocols: readonly Dialed['protocol'][]): Promise<Dialed> {
    const { connection, material, limits } = this.#options;
    return dial({ connection, material, protocols, connectMs: limits.connectMs });
  }

  #changed(): void {
    this.#sessions = this.#sessions.filter(({ open }) => open);
    if (this.#retired) this.#http1.retire();
    this.#waiting.admit(1);
  }
}
