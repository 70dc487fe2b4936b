import { describe, expect, it } from '@jest/globals';
import { impersonationHeaders } from './headers.ts';

describe('the headers of impersonation', () => {
  it('name a user with everything that belongs to it', () => {
    const lines = [
      ['accept', 'x'],
      ['impersonate-user', 'alice'],
      ['impersonate-uid', '42'],
      ['impersonate-group', 'zz'],
      ['impersonate-group', 'a, b'],
      ['impersonate-extra-acme.com%2fproject', 'one'],
      ['impersonate-extra-acme.com%2Fproject', 'two'],
      ['impersonate-extra-dn', 'cn=jane'],
      ['impersonate-extra-50%', 'x'],
    ] as const;
    expect(impersonationHeaders(lines)).toEqual({
      name: 'alice',
      uid: '42',
      groups: ['zz', 'a, b'],
      extra: { 'acme.com/project': ['one', 'two'], dn: ['cn=jane'], '50%': ['x'] },
    });
  });
  it('may be absent', () => {
    expect(
      impersonationHeaders([
        ['accept', 'x'],
        ['impersonate-user', ''],
      ]),
    ).toBeUndefined();
    expect(impersonationHeaders([])).toBeUndefined();
  });
  it.each([[['impersonate-group', 'a']], [['impersonate-uid', '1']], [['impersonate-extra-a', 'b']]] as const)(
    'need a user: %j',
    (line) => {
      expect(() => impersonationHeaders([line])).toThrow(/^requested .* without impersonating a user name$/);
    },
  );
  it('have extras whose keys may be like JavaScript’s own', () => {
    const found = impersonationHeaders([
      ['impersonate-user', 'a'],
      ['impersonate-extra-__proto__', 'x'],
      ['impersonate-extra-constructor', 'y'],
    ]);
    expect(Object.keys(found?.extra ?? {})).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(found?.extra)).toBe(Object.prototype);
  });
});
