import type { TLSSocket } from 'node:tls';
import type { Gauge } from '@kcp/telemetry';
import { Connection } from './connection.ts';
import type { ConnectionEnds, Underway } from './connection.ts';
import type { Limits } from './limits.ts';

/** The open connections of a door: who is idle for too long, and how all of them end. */
export class Connections {
  readonly limits: Limits;
  readonly #open = new Set<Connection>();
  readonly #count: Gauge;
  /** Close with their last answer although the server goes on. */
  readonly #leaving = new WeakSet<Connection>();
  #stopping = false;

  constructor(limits: Limits, count: Gauge) {
    this.limits = limits;
    this.#count = count;
  }

  /** True from the moment a stop began: answers say `connection: close`, streams end. */
  get stopping(): boolean {
    return this.#stopping;
  }

  /** Takes a connection in until its socket closes. */
  add(socket: TLSSocket, ends: ConnectionEnds): Connection {
    const connection = new Connection(socket, ends);
    this.#open.add(connection);
    this.#count.set(this.#open.size);
    if (this.#stopping) connection.close();
    return connection;
  }

  remove(connection: Connection): void {
    this.#open.delete(connection);
    this.#count.set(this.#open.size);
  }

  /** A request of `connection` is over. */
  over(connection: Connection, request: Underway): void {
    connection.end(request);
    if ((this.#stopping || this.#leaving.has(connection)) && connection.active === 0) connection.close();
  }

  /** Closes what waits for a request for too long, or does not read its answer. */
  sweep(now: number): void {
    for (const connection of this.#open) {
      const patience = connection.used ? this.limits.keepAliveMs : this.limits.headerMs;
      const idle = connection.idleFor(now);
      // Those that a polite close did not move come to the second.
      if (idle >= 2 * patience || connection.stalledFor(now) >= this.limits.stallMs) connection.destroy();
      else if (idle >= patience) connection.close();
    }
  }

  /** Ends every stream and every idle connection; the others end with their last answer. */
  drain(): void {
    this.#stopping = true;
    for (const connection of this.#open) connection.drain();
  }

  /** The same for those whose client showed a certificate; the server goes on: they connect anew and are checked anew. */
  drainCertified(): void {
    for (const connection of this.#open) {
      if (connection.certificate === undefined) continue;
      this.#leaving.add(connection);
      connection.drain();
    }
  }

  /** Breaks off what is left. */
  destroy(): void {
    for (const connection of this.#open) connection.destroy();
  }
}
