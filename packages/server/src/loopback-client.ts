import type { Json, JsonObject } from '@kcp/api-machinery';
import { createClient, type Client } from '@kcp/client';
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
  /** The same requests by resource, with types: see @kcp/client. */
  readonly api: Client;
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
  const api = createClient({
    transport,
    basePath: prefix,
    userAgent: 'kcp-loopback',
    headers: { authorization: `Bearer ${token}` },
  });
  const request = (path: string, options?: ClientRequest): Promise<JsonObject> => api.request(path, options);
  return {
    api,
    request,
    get: (path, query) => request(path, query && { query }),
    create: (path, object) => request(path, { method: 'POST', body: object }),
    replace: (path, object) => request(path, { method: 'PUT', body: object }),
    patch: (path, patch) =>
      request(path, { method: 'PATCH', body: patch, contentType: 'application/merge-patch+json' }),
    delete: (path) => request(path, { method: 'DELETE' }),
    watch: (path, query, signal) => api.stream(path, { query: { ...query, watch: 'true' }, signal }),
  };
}
