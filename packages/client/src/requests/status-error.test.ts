import { describe, expect, it } from '@jest/globals';
import { ApiError, stringifyJson } from '@kcp/api-machinery';
import { continueAfterExpiry, refusalError, retryAfterSeconds } from './status-error.ts';

const refusal = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): ApiError =>
  refusalError({ status, headers, text: typeof body === 'string' ? body : JSON.stringify(body) });

describe('a refusal', () => {
  it('is what its Status says', () => {
    const status = {
      kind: 'Status',
      reason: 'Invalid',
      message: 'no',
      code: 422,
      details: { name: 'a', kind: 'x', causes: [{ reason: 'FieldValueInvalid', field: 'spec', message: 'm' }, 7] },
    };
    const error = refusal(422, status);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      reason: 'Invalid',
      code: 422,
      message: 'no',
      details: { name: 'a', kind: 'x', causes: [{ reason: 'FieldValueInvalid', field: 'spec', message: 'm' }] },
    });
  });

  it('that came as a Status goes out as the same Status', () => {
    const original = new ApiError('Conflict', 'changed', { details: { name: 'a', kind: 'b' } });
    expect(refusal(409, stringifyJson(original.toStatus())).toStatus()).toEqual(original.toStatus());
  });

  it.each([
    [400, 'BadRequest'],
    [401, 'Unauthorized'],
    [403, 'Forbidden'],
    [404, 'NotFound'],
    [410, 'Expired'],
    [429, 'TooManyRequests'],
    [500, 'InternalError'],
    [502, 'InternalError'],
    [503, 'ServiceUnavailable'],
    [301, ''],
    [418, ''],
  ])('that is no Status is what its code %i means', (code, reason) => {
    expect(refusal(code, '<html>gateway</html>')).toMatchObject({ code, reason, message: '<html>gateway</html>' });
    expect(refusal(code, '')).toMatchObject({ message: `the server answered ${code}` });
    expect(refusal(code, { kind: 'Status', reason: 'Invented', message: 'm' })).toMatchObject({ reason, code });
    expect(refusal(code, '[1]')).toMatchObject({ code, message: '[1]' });
  });

  it('shows no more of a page than its begin', () => {
    expect(refusal(500, 'x'.repeat(100_000)).message).toHaveLength(1024);
  });

  it('says how long to wait, by its header or its details', () => {
    expect(retryAfterSeconds(refusal(429, 'busy', { 'retry-after': '7' }))).toBe(7);
    const status = { kind: 'Status', reason: 'TooManyRequests', details: { retryAfterSeconds: 3 } };
    expect(retryAfterSeconds(refusal(429, status))).toBe(3);
    expect(retryAfterSeconds(refusal(429, { kind: 'Status', details: {} }, { 'retry-after': '4' }))).toBe(4);
    expect(retryAfterSeconds(refusal(404, ''))).toBeUndefined();
    expect(retryAfterSeconds(new Error('other'))).toBeUndefined();
  });

  it('of an old list gives the token that goes on', () => {
    const status = { kind: 'Status', reason: 'Expired', metadata: { continue: 'next' } };
    expect(continueAfterExpiry(refusal(410, status))).toBe('next');
    expect(continueAfterExpiry(refusal(410, { kind: 'Status', metadata: {} }))).toBeUndefined();
    expect(continueAfterExpiry(refusal(400, status))).toBeUndefined();
  });
});
