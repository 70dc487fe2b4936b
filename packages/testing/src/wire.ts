import { Agent, request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { isObject, parseJson, stringifyJson, type Json, type JsonObject } from '@kcp/api-machinery';

/** Whom to talk to, and as whom. */
export interface WireOptions {
  /** The server's URL with the prefix of a logical cluster. */
  readonly url: string;
  readonly token?: string;
  /** PEM; without it the system's authorities are asked. */
  readonly authority?: string;
  /** What to be known by, PEM. */
  readonly clientCertificate?: { readonly certificate: string; readonly privateKey: string };
}

/** A request; a body that is no string is sent as JSON. */
export interface WireRequest {
  readonly method?: string;
  readonly body?: Json;
  readonly text?: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer, read to its end. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** The body where it is a JSON object, else an empty one. */
  readonly object: JsonObject;
}

/** A watch under way. */
export interface WireWatch extends Disposable {
  readonly status: number;
  /** The next events: as many as asked for, fewer where the stream ended or nothing more came in time (5 s). */
  take(count: number, timeoutMs?: number): Promise<JsonObject[]>;
}

/** HTTP/1.1 over TLS to one server: what a test sees of it that looks at the answers themselves. */
export interface Wire extends Disposable {
  request(path: string, options?: WireRequest): Promise<WireAnswer>;
  watch(path: string): Promise<WireWatch>;
}

/** Opens a connection pool. Paths are appended to the URL. */
export function openWire({ url, token, authority, clientCertificate }: WireOptions): Wire {
  const agent = new Agent({
    keepAlive: true,
    ...(authority !== undefined && { ca: authority }),
    ...(clientCertificate && { cert: clientCertificate.certificate, key: clientCertificate.privateKey }),
  });
  const open = (path: string, options: WireRequest): Promise<IncomingMessage> => {
    const {
      method = 'GET',
      body,
      text = body === undefined ? undefined : stringifyJson(body),
      contentType = 'application/json',
    } = options;
    const headers = {
      accept: 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(text !== undefined && { 'content-type': contentType, 'content-length': Buffer.byteLength(text) }),
      ...options.headers,
    };
    return new Promise((resolve, reject) => {
      httpsRequest(url + path, { method, headers, agent }, resolve)
        .on('error', reject)
        .end(text);
    });
  };
  return {
    request: async (path, options = {}) => readAnswer(await open(path, options)),
    watch: async (path) => readEvents(await open(path, {})),
    [Symbol.dispose]: () => agent.destroy(),
  };
}

async function readAnswer(response: IncomingMessage): Promise<WireAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return { status: response.statusCode ?? 0, headers: response.headers, text, object: objectIn(text) };
}

function objectIn(text: string): JsonObject {
  try {
    const value = parseJson(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function readEvents(response: IncomingMessage): WireWatch {
  const queue = new EventQueue();
  let rest = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    queue.push(lines.filter((line) => line !== '').map(objectIn));
  });
  response.on('close', () => queue.end());
  response.on('error', () => {});
  return {
    status: response.statusCode ?? 0,
    take: (count, timeoutMs = 5000) => queue.take(count, timeoutMs),
    [Symbol.dispose]: () => void response.destroy(),
  };
}

class EventQueue {
  readonly #events: JsonObject[] = [];
  #ended = false;
  #wake = (): void => {};

  push(events: readonly JsonObject[]): void {
    this.#events.push(...events);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async take(count: number, timeoutMs: number): Promise<JsonObject[]> {
    const limit = AbortSignal.timeout(timeoutMs);
    limit.addEventListener('abort', () => this.#wake());
    while (this.#events.length < count && !this.#ended && !limit.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#events.splice(0, count);
  }
}
