import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Response } from './exchange.ts';
import { readHandshake } from './handshake.ts';
import type { Handshake } from './handshake.ts';
import { Http1Exchange } from './http1-exchange.ts';
import { linger } from './linger.ts';
import type { DoorParts, RequestLine } from './live-exchange.ts';
import type { LiveSocket } from './live-socket.ts';
import { ServerResponse } from './node-http.ts';
import type { Upgrade, UpgradeRequest } from './message-socket.ts';

/** What Node's `upgrade` event brings. */
export interface UpgradeHalves {
  readonly message: IncomingMessage;
  readonly socket: Socket;
  readonly head: Buffer;
}

/** True for what is taken as an upgrade; whoever asks for another protocol gets an ordinary answer (RFC 9110, 7.8). */
export function asksForWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.trim().toLowerCase() === 'websocket';
}

/**
 * A request over HTTP/1.1 that asks for a socket. Node has let go of its connection: an ordinary answer is written by a
 * response made here, and is the connection's last.
 */
export class Http1UpgradeExchange extends Http1Exchange {
  readonly #halves: UpgradeHalves;
  readonly #handshake: Handshake;

  constructor(parts: DoorParts, line: RequestLine, halves: UpgradeHalves) {
    const { message, socket } = halves;
    const response = new ServerResponse(message);
    response.assignSocket(socket);
    response.shouldKeepAlive = false;
    super(parts, line, { message, response, waits: false });
    this.#halves = halves;
    this.#handshake = readHandshake((name) => this.header(name));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.ended(true));
    response.on('finish', () => {
      socket.end();
      linger(socket, parts.connections.limits.lingerMs);
    });
  }

  override get refusal(): Response | undefined {
    return 'refusal' in this.#handshake ? this.#handshake.refusal : undefined;
  }

  override get upgrade(): UpgradeRequest | undefined {
    return 'upgrade' in this.#handshake ? this.#handshake.upgrade : undefined;
  }

  protected override openSocket(response: Response, upgrade: Upgrade): LiveSocket | undefined {
    const { message, socket, head } = this.#halves;
    const accepted = this.parts.upgrades.accept({ message, stream: socket, head }, response, upgrade);
    this.out.detachSocket(socket);
    return accepted;
  }
}
