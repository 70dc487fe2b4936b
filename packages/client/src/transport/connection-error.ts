import { messageOf } from '../thrown.ts';

/**
 * How far a request came that got no whole answer:
 * - `unsent`: the server has not worked on it (no connection, a stream it refused, one above its last): safe to send again;
 * - `untrusted`: the server's certificate, or ours, was not accepted: not sent, and no use to try again;
 * - `lost`: the connection went before the answer was whole; the server may have done what was asked;
 * - `timeout`: a limit of ours ran out; the server may have done what was asked;
 * - `full`: too many requests wait in this client: not sent;
 * - `malformed`: what came is no HTTP, is too large, or cannot be decompressed.
 */
export type ConnectionPhase = 'unsent' | 'untrusted' | 'lost' | 'timeout' | 'full' | 'malformed';

/** A request that failed below HTTP: no answer, or half of one. What a server answers is an ApiError instead. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly phase: ConnectionPhase;

  constructor(phase: ConnectionPhase, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.phase = phase;
  }

  /** What a failure below HTTP is; one of ours as it is. */
  static from(thrown: unknown, phase: ConnectionPhase, what: string): ConnectionError {
    if (thrown instanceof ConnectionError) return thrown;
    return new ConnectionError(phase, [what, messageOf(thrown)].filter((part) => part !== '').join(': '), thrown);
  }
}
