import { constants } from 'node:http2';
import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Response } from './exchange.ts';
import { LiveExchange } from './live-exchange.ts';
import type { DoorParts, RequestLine } from './live-exchange.ts';
import { readBody, tooLarge } from './read-body.ts';
import { WritableSink } from './writable-sink.ts';

const noBytes = Buffer.alloc(0);

/** What Node's raw `stream` event brings. */
export interface Http2Halves {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
  /** Name, value, name, value, …, as received. */
  readonly rawHeaders: string[];
}

/** A request over HTTP/2, on the raw stream: Node's compatibility layer costs as much again. */
export class Http2Exchange extends LiveExchange {
  readonly protocol = 'h2';
  protected readonly out: ServerHttp2Stream;
  readonly #halves: Http2Halves;

  constructor(parts: DoorParts, line: RequestLine, halves: Http2Halves) {
    super(parts, line);
    const { stream } = halves;
    this.#halves = halves;
    this.out = stream;
    stream.on('close', () => this.ended(stream.writableFinished && stream.rstCode === constants.NGHTTP2_NO_ERROR));
  }

  header(name: string): string | undefined {
    const { headers } = this.#halves;
    const value = headers[name] ?? (name === 'host' ? headers[':authority'] : undefined);
    return Array.isArray(value) ? value.join(', ') : value;
  }

  *headers(): Iterable<readonly [string, string]> {
    const raw = this.#halves.rawHeaders;
    for (let at = 0; at + 1 < raw.length; at += 2) {
      const name = raw[at] ?? '';
      if (name === ':authority') yield ['host', raw[at + 1] ?? ''];
      else if (!name.startsWith(':')) yield [name, raw[at + 1] ?? ''];
    }
  }

  body(limit: number): Promise<Buffer> {
    if (this.out.endAfterHeaders) return Promise.resolve(noBytes);
    if (Number(this.header('content-length') ?? 0) > limit) return Promise.reject(tooLarge(limit));
    if (this.header('expect') === '100-continue') this.out.additionalHeaders({ ':status': 100 });
    const { bodyMs, bodyIdleMs } = this.parts.connections.limits;
    const isWhole = (): boolean => !this.out.aborted && this.out.rstCode === constants.NGHTTP2_NO_ERROR;
    return readBody(this.out, { limit, bodyMs, bodyIdleMs, isWhole });
  }

  reset(): void {
    // Closed politely it would look like a whole answer.
    this.out.destroy(new Error('broken off'));
  }

  protected sendHead(response: Response, length: number): void {
    const head: OutgoingHttpHeaders = { ':status': response.status };
    for (const name of Object.keys(response.headers)) {
      const value = response.headers[name];
      head[name] = typeof value === 'string' || value === undefined ? value : [...value];
    }
    if (length >= 0) head['content-length'] = length;
    this.out.respond(head);
    // What is left of the body is refused politely once the answer is out (RFC 9113, 8.1).
    if (!this.out.endAfterHeaders && !this.out.readableEnded) this.out.once('finish', () => this.out.close());
  }

  protected openSink(response: Response): WritableSink {
    this.sendHead(response, -1);
    return new WritableSink({ out: this.out, framed: false, corker: this.parts.corker });
  }
}
