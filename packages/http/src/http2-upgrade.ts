import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { ApiError } from '@kcp/api-machinery';
import type { Response } from './exchange.ts';
import { readOffer } from './handshake.ts';
import type { Handshake } from './handshake.ts';
import { Http2Exchange } from './http2-exchange.ts';
import type { Http2Halves } from './http2-exchange.ts';
import type { DoorParts, RequestLine } from './live-exchange.ts';
import type { LiveSocket } from './live-socket.ts';
import { IncomingMessage as Message } from './node-http.ts';
import type { Upgrade, UpgradeRequest } from './message-socket.ts';
import { apiErrorResponse } from './status-response.ts';

/** A request over HTTP/2 that asks for a socket: an extended CONNECT (RFC 8441), to handlers a GET as it is over HTTP/1.1. */
export class Http2UpgradeExchange extends Http2Exchange {
  readonly #handshake: Handshake;

  constructor(parts: DoorParts, line: RequestLine, halves: Http2Halves) {
    super(parts, { ...line, method: 'GET' }, halves);
    const spoken = halves.headers[':protocol'] === 'websocket';
    this.#handshake = spoken ? readOffer((name) => this.header(name)) : { refusal: otherProtocol };
  }

  override get refusal(): Response | undefined {
    return 'refusal' in this.#handshake ? this.#handshake.refusal : undefined;
  }

  override get upgrade(): UpgradeRequest | undefined {
    return 'upgrade' in this.#handshake ? this.#handshake.upgrade : undefined;
  }

  protected override openSocket(response: Response, upgrade: Upgrade): LiveSocket | undefined {
    const { subprotocol } = upgrade;
    const more = subprotocol === undefined ? {} : { 'sec-websocket-protocol': subprotocol };
    this.sendHead({ status: 200, headers: { ...response.headers, ...more } }, -1);
    const stream = new HeadlessStream(this.out);
    const answered: Response = { status: response.status, headers: {} };
    return this.parts.upgrades.accept({ message: handshake(subprotocol), stream, head: noBytes }, answered, upgrade);
  }
}

const otherProtocol = apiErrorResponse(
  new ApiError('BadRequest', 'of extended CONNECT only the protocol websocket is spoken', { code: 501 }),
);

const noBytes = Buffer.alloc(0);

/** The handshake as it would be over HTTP/1.1, whose part HTTP/2 itself played already. */
function handshake(subprotocol: string | undefined): IncomingMessage {
  const message = new Message(new Socket());
  message.method = 'GET';
  message.headers = {
    upgrade: 'websocket',
    'sec-websocket-key': randomBytes(16).toString('base64'),
    'sec-websocket-version': '13',
    ...(subprotocol !== undefined && { 'sec-websocket-protocol': subprotocol }),
  };
  return message;
}

/** An HTTP/2 stream without the first thing that is written to it: HTTP/1.1's answer to a handshake. */
class HeadlessStream extends Duplex {
  readonly #stream: Duplex;
  #begun = false;

  constructor(stream: Duplex) {
    super({ allowHalfOpen: true });
    this.#stream = stream;
    stream.on('data', (bytes: Buffer) => {
      if (!this.push(bytes)) stream.pause();
    });
    stream.pause();
    stream.on('end', () => this.push(null));
    stream.on('error', (error) => this.destroy(error));
    stream.on('close', () => this.destroy());
  }

  override _read(): void {
    this.#stream.resume();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#begun) {
      this.#stream.write(bytes, done);
      return;
    }
    this.#begun = true;
    done();
  }

  override _final(done: () => void): void {
    this.#stream.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#stream.destroy();
    done(error);
  }
}
