import { ApiError } from '@kcp/api-machinery';

/** Why a list or a watch failed, as far as it matters to what comes next. */
export interface Failure {
  /**
   * `expired`: the history to go on from is gone, or not there yet. `refused`: the server does not take such a request.
   * `failed`: anything else; the same request may succeed later.
   */
  readonly kind: 'expired' | 'refused' | 'failed';
  /** What the server asks to wait at least, in milliseconds; 0 where it says nothing. */
  readonly retryAfterMs: number;
  readonly error: unknown;
}

const REFUSALS: ReadonlySet<number> = new Set([400, 405, 406, 415, 422, 501]);

/** No server has a claim to more of our patience than that. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/** What a thrown value means to a reflector. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof ApiError)) return { kind: 'failed', retryAfterMs: 0, error };
  const retryAfterMs = Math.min((error.details?.retryAfterSeconds ?? 0) * 1_000, LONGEST_RETRY_AFTER_MS);
  return { kind: kindOf(error), retryAfterMs, error };
}

function kindOf(error: ApiError): Failure['kind'] {
  if (error.code === 410 || isAhead(error)) return 'expired';
  return REFUSALS.has(error.code) ? 'refused' : 'failed';
}

/** The server has not come to our revision: it was restored, or its cache is behind (apimachinery ResourceVersionTooLarge). */
function isAhead(error: ApiError): boolean {
  return error.details?.causes?.some((cause) => cause.reason === 'ResourceVersionTooLarge') ?? false;
}
