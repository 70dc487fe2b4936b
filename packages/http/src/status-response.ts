import { stringifyJson } from '@kcp/api-machinery';
import type { ApiError } from '@kcp/api-machinery';
import type { Response } from './exchange.ts';

/** An error as the Status object that every Kubernetes client reads; the door's own refusals go out so. */
export function apiErrorResponse(error: ApiError): Response {
  const seconds = error.details?.retryAfterSeconds;
  return {
    status: error.code,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-cache, private',
      ...(seconds !== undefined && { 'retry-after': String(seconds) }),
    },
    body: Buffer.from(stringifyJson(error.toStatus())),
  };
}
