/** What a client may cost; times in milliseconds, sizes in bytes. */
export interface Limits {
  /** Connections at once; more are closed as they come. */
  readonly connections: number;
  /** HTTP/2 streams at once on one connection. */
  readonly streamsPerConnection: number;
  /** The request line and headers together. */
  readonly headerBytes: number;
  /** Until a TLS handshake is done. */
  readonly handshakeMs: number;
  /** From a connection's first byte until its first request's headers are whole. */
  readonly headerMs: number;
  /** From a request's headers until its body is whole. */
  readonly bodyMs: number;
  /** Between two pieces of a body. */
  readonly bodyIdleMs: number;
  /** An unread rest of a request body up to this size is read and dropped, so that the connection can be kept. */
  readonly discardBytes: number;
  /** How long a connection that cannot be kept stays half open, so that the client reads the answer before the reset. */
  readonly lingerMs: number;
  /** A connection without a request. Longer than client-go's 90 s, so that the client closes first and no request is lost. */
  readonly keepAliveMs: number;
  /** Answers' bytes that one connection may leave unread before further large answers are refused with 429. */
  readonly backlogBytes: number;
  /** How long a client may read nothing of a large answer. */
  readonly stallMs: number;
  /** Upgraded connections and streams at once; more are refused with 503. */
  readonly upgrades: number;
  /** One message that comes over a socket; a larger one closes it with 1009. */
  readonly messageBytes: number;
  /** How often the other side of a socket is asked whether it is there; twice as long without a sign of life cuts it off. */
  readonly pingMs: number;
  /** How long the other side of a socket has to answer a good-bye. */
  readonly farewellMs: number;
  /** How long a stop waits for requests under way. */
  readonly graceMs: number;
}

/** The limits where nothing else is said. */
export const defaultLimits: Limits = {
  connections: 16_000,
  streamsPerConnection: 250,
  headerBytes: 64 * 1024,
  handshakeMs: 10_000,
  headerMs: 10_000,
  bodyMs: 60_000,
  bodyIdleMs: 15_000,
  discardBytes: 256 * 1024,
  lingerMs: 2_000,
  keepAliveMs: 120_000,
  backlogBytes: 64 * 1024 * 1024,
  stallMs: 60_000,
  upgrades: 4_000,
  messageBytes: 1024 * 1024,
  pingMs: 30_000,
  farewellMs: 5_000,
  graceMs: 10_000,
};
