import type { Upgrade, UpgradeRequest } from './message-socket.ts';

/** What the platform knows of the other side of a connection. */
export interface Peer {
  readonly address: string;
  /** The client certificate, DER, where the client sent one that chains to the configured CA. */
  readonly certificate: Uint8Array | undefined;
  /** Why a certificate that the client did send is not in `certificate` (`CERT_HAS_EXPIRED`, …): OpenSSL's code. */
  readonly certificateError?: string | undefined;
  /** The same object for every request of a connection: what is derived from the peer may be kept in a WeakMap by it. */
  readonly connection: object;
}

/** A request as a plain value: Node, tests and in-process callers are adapters (invariant 9). */
export interface Request {
  readonly method: string;
  /** The path as sent, percent-encoded, without the query. */
  readonly path: string;
  /** The text after `?`, without it; empty where there is none. */
  readonly query: string;
  readonly protocol: 'http/1.1' | 'h2' | 'in-process';
  readonly peer: Peer;
  /**
   * A header by its lower-case name; of a repeated header the values joined with `, `, or the first one where the
   * header may stand only once (authorization, content-type, user-agent, …).
   */
  header(name: string): string | undefined;
  /** All headers, lower-case names, one entry a line as sent: of a repeated header every value by itself. */
  headers(): Iterable<readonly [name: string, value: string]>;
  /**
   * The body whole; asked for once. Throws ApiError: RequestEntityTooLarge beyond `limit` bytes, BadRequest where it
   * ends early, Timeout where it arrives too slowly.
   */
  body(limit: number): Promise<Buffer>;
  /** What the client wants to speak from here on; an answer without `upgrade` says no in ordinary HTTP. */
  readonly upgrade?: UpgradeRequest | undefined;
  /** Aborted when the client goes away or the server stops; made when first asked for. */
  readonly signal: AbortSignal;
}

/** Where a streamed body goes. Bytes are taken over: they are not changed afterwards. */
export interface Sink {
  /** Handing the same array to many sinks in a row frames it once. False where the client reads slower than we write; then wait for `drained()`. Nothing happens once closed. */
  write(bytes: Uint8Array): boolean;
  drained(): Promise<void>;
  /** Bytes written and not yet taken by the socket. */
  readonly pending: number;
  /** True once the client is gone or the server stops. */
  readonly closed: boolean;
  /** Called once when the stream ends for whatever reason. */
  onClose(listener: () => void): void;
}

/** Writes a body; the response ends when the promise settles. A rejection resets the stream. */
export type StreamBody = (sink: Sink) => Promise<void>;

/** An answer as a plain value. */
export interface Response {
  readonly status: number;
  /** Lower-case names. content-length is the door's business. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Uint8Array | readonly Uint8Array[] | StreamBody;
  /** Takes on the upgrade that the request asked for; then `status` is 101 and there is no body. */
  readonly upgrade?: Upgrade;
}

/** Answers every request; must not throw (what throws is answered with a plain 500 and logged). */
export type Handler = (request: Request) => Response | Promise<Response>;
