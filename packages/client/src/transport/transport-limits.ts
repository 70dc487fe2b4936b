/** What one server may cost a client; times in milliseconds, sizes in bytes. */
export interface TransportLimits {
  /** Until a connection is there: name, proxy, TCP, TLS and the HTTP/2 settings together. */
  readonly connectMs: number;
  /** From a request until its answer's headers. */
  readonly headersMs: number;
  /** Between two pieces of an answer that is read whole; streams may be silent. */
  readonly bodyIdleMs: number;
  /** A connection that was silent so long is asked for a sign of life (client-go: 30 s). */
  readonly silenceMs: number;
  /** How long that sign may take before the connection counts as dead (client-go: 15 s). */
  readonly pingMs: number;
  /** How long a connection without requests is kept. Shorter than servers keep theirs, so that no request meets a closing one. */
  readonly idleMs: number;
  /** HTTP/2 connections at once. */
  readonly sessions: number;
  /** Requests at once on one of them; fewer where the server says so. */
  readonly streamsPerSession: number;
  /** HTTP/1.1 connections at once: requests under way, watches included. */
  readonly connections: number;
  /** Requests that wait for a connection; more are refused. */
  readonly queued: number;
  /** How long a request waits for one. */
  readonly queueMs: number;
  /** An answer that is read whole, after decompression. */
  readonly responseBytes: number;
  /** How often certificate files are looked at. */
  readonly checkMs: number;
}

/** The limits where nothing else is said. */
export const defaultTransportLimits: TransportLimits = {
  connectMs: 30_000,
  headersMs: 90_000,
  bodyIdleMs: 60_000,
  silenceMs: 30_000,
  pingMs: 15_000,
  idleMs: 90_000,
  sessions: 16,
  streamsPerSession: 250,
  connections: 256,
  queued: 4096,
  queueMs: 60_000,
  responseBytes: 256 * 1024 * 1024,
  checkMs: 10_000,
};
