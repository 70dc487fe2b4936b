import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { tokenDigest } from './bearer.ts';
import { bearerTokenHash } from './token-hashes.ts';

const user = (name: string) => ({ name, uid: '', groups: ['system:masters'], extra: {} });
const hashOf = (token: string) => createHash('sha256').update(token).digest();
const bearer = (token: string) => ({ token, digest: tokenDigest(token), audiences: [] });

describe('tokens known by their hash', () => {
  const ask = bearerTokenHash({ hash: hashOf('one'), user: user('a') }, { hash: hashOf('two'), user: user('b') });

  it('are found, each with its user', () => {
    expect(ask(bearer('one'))).toEqual({ kind: 'authenticated', user: user('a') });
    expect(ask(bearer('two'))).toEqual({ kind: 'authenticated', user: user('b') });
  });
  it('are not found by anything else, the hash itself included', () => {
    for (const token of ['', 'three', hashOf('one').toString('base64')])
      expect(ask(bearer(token))).toEqual({ kind: 'none' });
  });
  it('must be whole hashes', () => {
    expect(() => bearerTokenHash({ hash: new Uint8Array(31), user: user('a') })).toThrow('has 32 bytes, this one 31');
  });
});
