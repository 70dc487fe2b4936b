import type { TLSSocket } from 'node:tls';
import type { Peer } from './exchange.ts';

/** How a connection is ended: `close` after what is under way, `destroy` at once. */
export interface ConnectionEnds {
  /** True where Node itself closes the connection when it idles. */
  readonly timed: boolean;
  close(): void;
  destroy(): void;
}

/** A request under way. */
export interface Underway {
  /** The server stops: a stream ends, an answer is waited for. */
  drain(): void;
  /** The connection breaks off. */
  cut(): void;
}

/** One client connection: the peer as handlers see it, and what the door counts by connection. */
export class Connection implements Peer {
  readonly address: string;
  readonly certificate: Uint8Array | undefined;
  readonly certificateError: string | undefined;
  readonly #underway = new Set<Underway>();
  /** Bytes of large answers that are not sent yet, and when it last got less. */
  #backlog = 0;
  #movedAt = 0;
  #used = false;
  #idleSince = performance.now();
  readonly #ends: ConnectionEnds;

  constructor(socket: TLSSocket, ends: ConnectionEnds) {
    this.address = plainAddress(socket.remoteAddress);
    const certificate = socket.getPeerX509Certificate();
    // A resumed session without a certificate may count as authorized: both are asked.
    this.certificate = certificate && socket.authorized ? certificate.raw : undefined;
    this.certificateError = certificate && !socket.authorized ? String(socket.authorizationError) : undefined;
    this.#ends = ends;
  }

  get connection(): object {
    return this;
  }

  /** Requests under way. */
  get active(): number {
    return this.#underway.size;
  }

  /** True once there was a request. */
  get used(): boolean {
    return this.#used;
  }

  begin(request: Underway): void {
    this.#underway.add(request);
    this.#used = true;
  }

  end(request: Underway): void {
    this.#underway.delete(request);
    if (this.#underway.size === 0 && !this.#ends.timed) this.#idleSince = performance.now();
  }

  /** Takes `size` bytes of an answer into the backlog; without one, any number. False where there are too many already. */
  reserve(size: number, limit: number): boolean {
    if (this.#backlog > 0 && this.#backlog + size > limit) return false;
    if (this.#backlog === 0) this.#movedAt = performance.now();
    this.#backlog += size;
    return true;
  }

  /** Bytes of the backlog are sent, or will not be. */
  release(size: number): void {
    this.#backlog -= size;
    this.#movedAt = performance.now();
  }

  /** How long its client has not read of its large answers, in milliseconds; 0 where there are none. */
  stalledFor(now: number): number {
    return this.#backlog > 0 ? now - this.#movedAt : 0;
  }

  /** How long it has been without a request, in milliseconds; 0 where that is Node's business. */
  idleFor(now: number): number {
    return this.#ends.timed || this.active > 0 ? 0 : now - this.#idleSince;
  }

  /** Closes after what is under way. */
  close(): void {
    this.#ends.close();
  }

  /** Ends streams; without anything under way, closes. */
  drain(): void {
    for (const request of this.#underway) request.drain();
    if (this.active === 0) this.close();
  }

  /** Breaks off, whatever is under way. */
  destroy(): void {
    for (const request of this.#underway) request.cut();
    this.#ends.destroy();
  }
}

/** An IPv4 address as such where the socket is a dual-stack one. */
function plainAddress(address = ''): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}
