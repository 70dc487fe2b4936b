import { describe, expect, it } from '@jest/globals';
import { ApiError, type Reason } from '@kcp/api-machinery';
import { failureOf } from './failure.ts';

describe('what a failure means to a reflector', () => {
  it.each<[Reason, string]>([
    ['Expired', 'expired'],
    ['Gone', 'expired'],
    ['BadRequest', 'refused'],
    ['Invalid', 'refused'],
    ['MethodNotAllowed', 'refused'],
    ['NotAcceptable', 'refused'],
    ['Forbidden', 'failed'],
    ['Unauthorized', 'failed'],
    ['NotFound', 'failed'],
    ['TooManyRequests', 'failed'],
    ['ServiceUnavailable', 'failed'],
    ['InternalError', 'failed'],
    ['Timeout', 'failed'],
  ])('%s: %s', (reason, kind) => {
    const error = new ApiError(reason, 'no');
    expect(failureOf(error)).toEqual({ kind, retryAfterMs: 0, error });
  });

  it('takes a server that has not come to our revision for one that forgot it', () => {
    const error = new ApiError('Timeout', 'Too large resource version: 9, current: 5', {
      details: { retryAfterSeconds: 1, causes: [{ reason: 'ResourceVersionTooLarge' }] },
    });
    expect(failureOf(error)).toMatchObject({ kind: 'expired', retryAfterMs: 1_000 });
  });

  it('lets no server put it off for more than a minute', () => {
    const error = new ApiError('TooManyRequests', 'no', { details: { retryAfterSeconds: 1e9 } });
    expect(failureOf(error).retryAfterMs).toBe(60_000);
  });

  it('knows nothing of what is no answer of a server', () => {
    expect(failureOf('reset')).toEqual({ kind: 'failed', retryAfterMs: 0, error: 'reset' });
  });
});
