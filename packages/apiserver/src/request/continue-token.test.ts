import { describe, expect, it } from '@jest/globals';
import { formatContinueToken, parseContinueToken } from './continue-token.ts';

const forged = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('continue tokens', () => {
  it('round-trip', () => {
    const token = { revision: 42, after: 'ns/a.b' };
    expect(parseContinueToken(formatContinueToken(token))).toEqual(token);
  });

  it.each([
    '!!!',
    'aGVsbG8',
    formatContinueToken({ revision: 42, after: 'a' }).slice(0, 20),
    forged({ v: 'kcp.io/v1', rv: 1, start: '../../other/x' }),
    forged({ v: 'kcp.io/v1', rv: 1, start: 'a/b/c/d' }),
    forged({ v: 'kcp.io/v1', rv: 1, start: '/a' }),
    forged({ v: 'kcp.io/v1', rv: -1, start: 'a' }),
    forged({ v: 'kcp.io/v1', rv: 1.5, start: 'a' }),
    forged({ v: 'kcp.io/v1', rv: '1', start: 'a' }),
    forged({ v: 'other', rv: 1, start: 'a' }),
    forged({ v: 'kcp.io/v1', rv: 1, start: 'a\u0000' }),
    forged(null),
    'a'.repeat(5000),
  ])('refuses %s', (text) => {
    expect(() => parseContinueToken(text)).toThrow('invalid continue token: continue key is not valid');
  });
});
