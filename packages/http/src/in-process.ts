import { badRequest } from '@kcp/api-machinery';
import type { Handler, Peer, Request, Response, StreamBody } from './exchange.ts';
import { memorySockets } from './memory-socket.ts';
import { converse } from './converse.ts';
import { MemoryStream } from './memory-stream.ts';
import { tooLarge } from './read-body.ts';
import { readTarget } from './target.ts';
import type { Target } from './target.ts';
import { collect } from './transport.ts';
import type { Upgrade, UpgradeRequest } from './message-socket.ts';
import type { Transport, TransportRequest, TransportResponse } from './transport.ts';

/** Who a caller within the process is to the handler. */
export interface InProcessOptions {
  /** By default a peer of its own for each transport, at the address `in-process`, without a certificate. */
  readonly peer?: Peer;
}

/**
 * A transport that ends in a handler of the same process: the same door, without sockets and without copying bodies.
 * Rejects with ApiError BadRequest for a target that names no path, and with what the handler throws.
 */
export function inProcess(handler: Handler, options: InProcessOptions = {}): Transport {
  const peer = options.peer ?? { address: 'in-process', certificate: undefined, connection: {} };
  return async (request) => {
    request.signal?.throwIfAborted();
    const target = readTarget(request.target);
    if (!target) throw badRequest('the request does not name a path');
    const exchange = new InProcessExchange(request, target, peer);
    const response = await handler(exchange);
    return answer(exchange, response);
  };
}

class InProcessExchange implements Request {
  readonly protocol = 'in-process';
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly peer: Peer;
  readonly upgrade: UpgradeRequest | undefined;
  readonly #request: TransportRequest;
  #controller: AbortController | undefined;
  #given: AbortSignal | undefined;

  constructor(request: TransportRequest, target: Target, peer: Peer) {
    this.method = request.method ?? 'GET';
    this.path = target.path;
    this.query = target.query;
    this.peer = peer;
    this.upgrade = request.upgrade;
    this.#request = request;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    const { signal } = this.#request;
    this.#given ??= signal ? AbortSignal.any([signal, this.#controller.signal]) : this.#controller.signal;
    return this.#given;
  }

  /** The caller's own signal. */
  get callerSignal(): AbortSignal | undefined {
    return this.#request.signal;
  }

  header(name: string): string | undefined {
    const { headers } = this.#request;
    if (!headers || !Object.hasOwn(headers, name)) return undefined;
    const value = headers[name];
    return value === undefined || typeof value === 'string' ? value : value.join(', ');
  }

  *headers(): Iterable<readonly [string, string]> {
    for (const [name, value] of Object.entries(this.#request.headers ?? {})) {
      if (typeof value === 'string') yield [name, value];
      else for (const one of value) yield [name, one];
    }
  }

  body(limit: number): Promise<Buffer> {
    const body = this.#request.body ?? Buffer.alloc(0);
    if (body.byteLength > limit) return Promise.reject(tooLarge(limit));
    return Promise.resolve(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  }

  /** The caller stopped reading before the end. */
  abandoned(): void {
    this.#controller?.abort();
  }
}

function answer(exchange: InProcessExchange, response: Response): TransportResponse {
  if (response.upgrade) return upgraded(exchange, response, response.upgrade);
  const body = bodyOf(exchange, response);
  return { status: response.status, headers: response.headers, body, bytes: () => collect(body) };
}

/** The caller's signal breaks the conversation off. */
function upgraded(exchange: InProcessExchange, response: Response, upgrade: Upgrade): TransportResponse {
  if (!exchange.upgrade) throw new Error('the answer is an upgrade that nobody asked for');
  const { client, server } = memorySockets(upgrade.subprotocol);
  const { callerSignal } = exchange;
  const giveUp = (): void => client.close({ code: 1006, reason: 'given up' });
  callerSignal?.addEventListener('abort', giveUp, { once: true });
  server.onClose(() => callerSignal?.removeEventListener('abort', giveUp));
  void converse(upgrade, server);
  const body = wholeBody([]);
  return { status: response.status, headers: response.headers, body, bytes: () => collect(body), socket: client };
}

function bodyOf(exchange: InProcessExchange, response: Response): AsyncIterable<Uint8Array> {
  const { body } = response;
  if (typeof body === 'function') return streamOf(exchange, body);
  if (body === undefined || exchange.method === 'HEAD') return wholeBody([]);
  return wholeBody(body instanceof Uint8Array ? [body] : body);
}

async function* wholeBody(parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

function streamOf(exchange: InProcessExchange, body: StreamBody): AsyncIterable<Uint8Array> {
  const stream = new MemoryStream();
  const { callerSignal } = exchange;
  const giveUp = (): void => stream.fail(callerSignal?.reason);
  if (callerSignal?.aborted) giveUp();
  else callerSignal?.addEventListener('abort', giveUp, { once: true });
  stream.onClose(() => {
    callerSignal?.removeEventListener('abort', giveUp);
    if (!stream.complete) exchange.abandoned();
  });
  if (exchange.method === 'HEAD') stream.end();
  const run = async (): Promise<void> => body(stream);
  run().then(
    () => stream.end(),
    (thrown: unknown) => stream.fail(thrown),
  );
  return stream;
}
