import type { MessageSocket, UpgradeRequest } from './message-socket.ts';

/** A request as a caller writes it. */
export interface TransportRequest {
  /** GET where left out. */
  readonly method?: string;
  /** Path and query, percent-encoded: `/api/v1/namespaces?limit=5`. */
  readonly target: string;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Uint8Array;
  /** What to speak after the answer, where the server agrees. */
  readonly upgrade?: UpgradeRequest;
  /** Ends the request, and the reading of its answer, where the caller gives up. */
  readonly signal?: AbortSignal;
}

/** An answer as a caller reads it. */
export interface TransportResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Can be gone through once. Leaving it early ends the answer; it throws where the answer breaks off. */
  readonly body: AsyncIterable<Uint8Array>;
  /** All of the body, instead of going through it. */
  bytes(): Promise<Buffer>;
  /** The conversation, where the server took the upgrade on; then there is no body. */
  readonly socket?: MessageSocket;
}

/** How a client's requests reach a server: over the network, or within the process. */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>;

/** Collects a body. */
export async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  const [first] = parts;
  return parts.length === 1 && Buffer.isBuffer(first) ? first : Buffer.concat(parts);
}
