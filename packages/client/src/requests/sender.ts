import type { Json, JsonObject } from '@kcp/api-machinery';
import type { Transport, TransportResponse } from '@kcp/http';
import { decodeObject, encodeBody } from './codec.ts';
import { refusalError } from './status-error.ts';
import { readWarnings, type Warning } from './warnings.ts';

/** Values of a query; what is undefined or false is left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** A request for a path of the API. */
export interface PathRequest {
  /** GET where left out. */
  readonly method?: string;
  /** Sent as JSON. */
  readonly body?: Json | object;
  /** `application/json` where left out. */
  readonly contentType?: string;
  /** `application/json` where left out. */
  readonly accept?: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** What a client sends with, whatever it sends. */
export interface SenderOptions {
  readonly transport: Transport;
  /** Precedes every path: `/clusters/root:org`. */
  readonly prefix: string;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly onWarning?: ((warning: Warning) => void) | undefined;
}

/** Sends requests for paths, and turns refusals into ApiErrors. */
export class Sender {
  readonly options: SenderOptions;

  constructor(options: SenderOptions) {
    this.options = options;
  }

  /** The answer's head, its body still to be read; whatever its status is. */
  async open(path: string, request: PathRequest = {}): Promise<TransportResponse> {
    const { transport, prefix, headers, onWarning } = this.options;
    const { method = 'GET', body, contentType = 'application/json', accept = 'application/json', signal } = request;
    const response = await transport({
      method,
      target: prefix + path + search(request.query),
      headers: {
        accept,
        ...headers,
        ...(body !== undefined && { 'content-type': contentType }),
        ...request.headers,
      },
      ...(body !== undefined && { body: encodeBody(body) }),
      ...(signal && { signal }),
    });
    if (onWarning) for (const warning of readWarnings(response.headers['warning'])) onWarning(warning);
    return response;
  }

  /** As `open`, for answers that are what was asked for. Rejects with ApiError where the server refuses. */
  async accepted(path: string, request?: PathRequest): Promise<TransportResponse> {
    const response = await this.open(path, request);
    if (response.status < 300) return response;
    const text = (await response.bytes()).toString('utf8');
    throw refusalError({ status: response.status, headers: response.headers, text });
  }

  /** The object that is the answer. */
  async object(path: string, request?: PathRequest): Promise<JsonObject> {
    return decodeObject(await (await this.accepted(path, request)).bytes());
  }
}

function search(query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== false) search.append(name, String(value));
  }
  return search.size === 0 ? '' : `?${search.toString()}`;
}
