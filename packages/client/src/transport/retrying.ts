import type { Transport, TransportRequest, TransportResponse } from '@kcp/http';
import { ConnectionError } from './connection-error.ts';

/** When a request is sent again without its caller. */
export interface RetryPolicy {
  /** How often in all, the first time included; 1 sends once. */
  readonly tries: number;
  /** Before the second try of what found no connection; doubles. Milliseconds. */
  readonly backoffMs: number;
  /** The longest wait that a server's Retry-After may ask for; an answer that asks for more is handed on. Milliseconds. */
  readonly longestWaitMs: number;
}

/** The policy where nothing else is said. */
export const defaultRetryPolicy: RetryPolicy = { tries: 5, backoffMs: 100, longestWaitMs: 30_000 };

/** Waits; rejects with the signal's reason. */
export type Pause = (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>;

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);
const IDEMPOTENT = new Set([...READS, 'PUT', 'DELETE']);

/**
 * Sends again what may be sent again (the rules of client-go and Go's net/http):
 * - what the server has not worked on (no connection, a refused stream, above the last stream of a GOAWAY), whatever it is;
 * - a read whose connection went before the answer;
 * - what was answered with 429 and Retry-After: the server did nothing yet; with 5xx and Retry-After only where twice is as good as
 *   once (GET, HEAD, PUT, DELETE).
 * The last answer or failure is the caller's.
 */
export function retrying(transport: Transport, policy: RetryPolicy, pause: Pause): Transport {
  return async (request) => {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await attemptOnce(transport, request);
      const wait = attempt < policy.tries ? waitBefore(outcome, request, attempt, policy) : undefined;
      if (wait === undefined) return finish(outcome);
      if ('response' in outcome) await discard(outcome.response);
      await pause(wait, request.signal);
    }
  };
}

type Outcome = { readonly response: TransportResponse } | { readonly thrown: unknown };

async function attemptOnce(transport: Transport, request: TransportRequest): Promise<Outcome> {
  try {
    return { response: await transport(request) };
  } catch (thrown) {
    return { thrown };
  }
}

function finish(outcome: Outcome): TransportResponse {
  if ('response' in outcome) return outcome.response;
  throw outcome.thrown;
}

/** How long to wait before the next try; undefined where there must be none. */
function waitBefore(
  outcome: Outcome,
  { method = 'GET' }: TransportRequest,
  attempt: number,
  { backoffMs, longestWaitMs }: RetryPolicy,
): number | undefined {
  if ('thrown' in outcome) {
    const phase = outcome.thrown instanceof ConnectionError ? outcome.thrown.phase : undefined;
    const safe = phase === 'unsent' || (phase === 'lost' && READS.has(method));
    return safe ? backoffMs * 2 ** (attempt - 1) : undefined;
  }
  const { status, headers } = outcome.response;
  const asked = retryAfterMs(headers['retry-after']);
  if (asked === undefined || asked > longestWaitMs) return undefined;
  return status === 429 || (status >= 500 && IDEMPOTENT.has(method)) ? asked : undefined;
}

/** What Retry-After asks for, in milliseconds: seconds, or a date (RFC 9110, 10.2.3); undefined where it says nothing. */
export function retryAfterMs(value: string | readonly string[] | undefined, now = Date.now()): number | undefined {
  const [text] = value === undefined ? [] : [value].flat();
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Reads a refusal's body to its end, so that its connection can be used again. */
async function discard(response: TransportResponse): Promise<void> {
  try {
    await response.bytes();
  } catch {
    // the connection is gone; the next try opens another
  }
}
