import {
  ApiError,
  isObject,
  own,
  parseJson,
  reasonCodes,
  stringifyJson,
  type Json,
  type JsonObject,
  type Reason,
} from '@kcp/api-machinery';
import type { Transport } from '@kcp/http';

/** What a request is made of beside its path. */
export interface ClientRequest {
  readonly method?: string;
  readonly body?: Json;
  readonly contentType?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** A client of one logical cluster. Paths are those of the Kubernetes API: `/api/v1/namespaces`. Rejects with ApiError. */
export interface LoopbackClient {
  get(path: string, query?: Readonly<Record<string, string>>): Promise<JsonObject>;
  create(path: string, object: JsonObject): Promise<JsonObject>;
  replace(path: string, object: JsonObject): Promise<JsonObject>;
  /** A merge patch. */
  patch(path: string, patch: JsonObject): Promise<JsonObject>;
  delete(path: string): Promise<JsonObject>;
  /** The events of a watch; ends with the signal, or by leaving the loop. */
  watch(path: string, query?: Readonly<Record<string, string>>, signal?: AbortSignal): AsyncIterable<JsonObject>;
  /** Any request; the answer's object. */
  request(path: string, request?: ClientRequest): Promise<JsonObject>;
}

/** Makes a client over a transport, for the logical cluster behind a path prefix. */
export function loopbackClient(transport: Transport, prefix: string, token: string): LoopbackClient {
  const send = (
    path: string,
    { method = 'GET', body, contentType = 'application/json', query, signal }: ClientRequest,
  ) =>
    transport({
      method,
      target: prefix + path + search(query),
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        'user-agent': 'kcp-loopback',
        ...(body !== undefined && { 'content-type': contentType }),
      },
      ...(body !== undefined && { body: Buffer.from(stringifyJson(body)) }),
      ...(signal && { signal }),
    });
  const request = async (path: string, options: ClientRequest = {}): Promise<JsonObject> => {
    const response = await send(path, options);
    return readObject(response.status, (await response.bytes()).toString('utf8'));
  };
  return {
    request,
    get: (path, query) => request(path, query && { query }),
    create: (path, object) => request(path, { method: 'POST', body: object }),
    replace: (path, object) => request(path, { method: 'PUT', body: object }),
    patch: (path, patch) =>
      request(path, { method: 'PATCH', body: patch, contentType: 'application/merge-patch+json' }),
    delete: (path) => request(path, { method: 'DELETE' }),
    watch: async function* (path, query, signal) {
      const response = await send(path, { query: { ...query, watch: 'true' }, ...(signal && { signal }) });
      if (response.status !== 200) throw statusError(response.status, (await response.bytes()).toString('utf8'));
      yield* events(response.body);
    },
  };
}

function search(query: Readonly<Record<string, string>> | undefined): string {
  const text = query === undefined ? '' : new URLSearchParams(query).toString();
  return text === '' ? '' : `?${text}`;
}

function readObject(status: number, text: string): JsonObject {
  if (status >= 400) throw statusError(status, text);
  const value = parseJson(text);
  if (!isObject(value)) throw new ApiError('InternalError', 'the server answered with something else than an object');
  return value;
}

function statusError(status: number, text: string): ApiError {
  let value: Json = null;
  try {
    value = parseJson(text);
  } catch {
    // not every refusal is a Status: unknown paths are answered with a plain text
  }
  const object = isObject(value) ? value : {};
  const reason = own(object, 'reason');
  const message = own(object, 'message');
  const known =
    typeof reason === 'string' && Object.hasOwn(reasonCodes, reason)
      ? (reason as Reason)
      : status === 404
        ? 'NotFound'
        : '';
  return new ApiError(known, typeof message === 'string' ? message : text.trim(), { code: status });
}

async function* events(body: AsyncIterable<Uint8Array>): AsyncIterable<JsonObject> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const event = line === '' ? null : parseJson(line);
      if (isObject(event)) yield event;
    }
  }
}
