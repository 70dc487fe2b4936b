import type { ClientRequest, IncomingMessage } from 'node:http';
import { PassThrough, type Duplex } from 'node:stream';
import type { TransportRequest } from '@kcp/http';
import { ConnectionError } from './connection-error.ts';
import type { RawResponse } from './response-body.ts';
import type { TransportLimits } from './transport-limits.ts';
import { Agent, request as httpRequest } from './node-http.ts';
import { codeOf } from '../thrown.ts';

const KEPT = 32;

type Answer = (error: Error | null, socket: Duplex) => void;

/** Node's own pool of HTTP/1.1 connections, over connections that we open. */
class DialingAgent extends Agent {
  readonly #dial: () => Promise<Duplex>;
  readonly #spare: Duplex[] = [];

  constructor(dial: () => Promise<Duplex>, { connections, idleMs }: TransportLimits) {
    super({ keepAlive: true, maxSockets: connections, maxFreeSockets: KEPT, timeout: idleMs, scheduling: 'lifo' });
    this.#dial = dial;
  }

  /** Takes a connection that is open already. */
  lay(socket: Duplex): void {
    socket.once('close', () => this.#take(socket));
    this.#spare.push(socket);
  }

  override createConnection(_options: object, answer?: Answer): undefined {
    const spare = this.#spare.pop();
    if (spare) answer?.(null, spare);
    else void this.#dialFor(answer);
    return undefined;
  }

  async #dialFor(answer: Answer | undefined): Promise<void> {
    try {
      answer?.(null, await this.#dial());
    } catch (error) {
      // Its type wants a socket even beside an error.
      answer?.(ConnectionError.from(error, 'unsent', 'cannot connect'), new PassThrough());
    }
  }

  override destroy(): void {
    for (const socket of this.#spare.splice(0)) socket.destroy();
    super.destroy();
  }

  #take(socket: Duplex): void {
    const at = this.#spare.indexOf(socket);
    if (at >= 0) this.#spare.splice(at, 1);
  }
}

/** HTTP/1.1 to one server. */
export class Http1Connections {
  readonly #agent: DialingAgent;
  readonly #limits: TransportLimits;
  readonly #host: string;
  readonly #onChange: () => void;
  #active = 0;

  constructor(options: {
    readonly dial: () => Promise<Duplex>;
    /** `host:port` as the URL has it. */
    readonly host: string;
    readonly limits: TransportLimits;
    readonly onChange: () => void;
  }) {
    this.#agent = new DialingAgent(options.dial, options.limits);
    this.#limits = options.limits;
    this.#host = options.host;
    this.#onChange = options.onChange;
  }

  get room(): number {
    return this.#limits.connections - this.#active;
  }

  get active(): number {
    return this.#active;
  }

  /** Takes a connection that is open already, for the next request. */
  lay(socket: Duplex): void {
    this.#agent.lay(socket);
  }

  /** Sends a request; there must be room. Rejects with ConnectionError, or with the signal's reason. */
  send({ method = 'GET', target, headers, body, signal }: TransportRequest): Promise<RawResponse> {
    const length = body === undefined ? {} : { 'content-length': body.byteLength };
    let request: ClientRequest;
    try {
      const sent = Object.entries(headers ?? {}).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : [...value],
      ]);
      request = httpRequest({
        agent: this.#agent,
        method,
        path: target,
        headers: { ...Object.fromEntries(sent), host: this.#host, ...length },
      });
    } catch (error) {
      return Promise.reject(ConnectionError.from(error, 'unsent', 'the request could not be sent'));
    }
    this.#active += 1;
    request.once('close', () => {
      this.#active -= 1;
      this.#onChange();
    });
    const answer = awaitResponse(request, signal, this.#limits);
    request.end(body);
    return answer;
  }

  /** Closes what is idle; what is under way ends first. */
  retire(): void {
    for (const sockets of Object.values(this.#agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
    if (this.#active === 0) this.#agent.destroy();
  }

  /** Ends everything at once. */
  destroy(): void {
    this.#agent.destroy();
  }
}

function awaitResponse(
  request: ClientRequest,
  signal: AbortSignal | undefined,
  { headersMs }: TransportLimits,
): Promise<RawResponse> {
  let failure: unknown;
  const giveUp = (): void => {
    failure = signal?.reason;
    request.destroy();
  };
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      failure = new ConnectionError('timeout', `no answer within ${headersMs} ms`);
      request.destroy();
    }, headersMs);
    request.once('response', (response) => {
      clearTimeout(timer);
      const cancel = (): void => void response.destroy();
      const headers = readHeaders(response);
      resolve({ status: response.statusCode ?? 0, headers, body: readBody(response, signal), cancel });
    });
    request.on('error', (error) => (failure ??= error));
    request.once('close', () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      reject(signal?.aborted ? signal.reason : unanswered(failure));
    });
    if (signal?.aborted) giveUp();
    else signal?.addEventListener('abort', giveUp, { once: true });
  });
}

function unanswered(failure: unknown): ConnectionError {
  const malformed = codeOf(failure).startsWith('HPE_');
  if (malformed) return ConnectionError.from(failure, 'malformed', 'the answer is no HTTP');
  return ConnectionError.from(failure, 'lost', 'the connection went before the answer came');
}

function readHeaders({ headers }: IncomingMessage): RawResponse['headers'] {
  const plain: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) plain[name] = value;
  return plain;
}

async function* readBody(
  response: IncomingMessage,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    for await (const piece of response) yield piece;
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw ConnectionError.from(error, 'lost', 'the answer broke off');
  } finally {
    if (!response.complete) response.destroy();
  }
}
