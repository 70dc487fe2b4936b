import { describe, expect, it } from '@jest/globals';
import type { Authentication } from '../user.ts';
import { bearerTokens, forAudiences, parseBearer } from './bearer.ts';
import type { TokenAuthenticator } from './bearer.ts';

const user = (name: string) => ({ name, uid: '', groups: [], extra: {} });
const knows =
  (name: string): TokenAuthenticator =>
  ({ token }) =>
    token === name ? { kind: 'authenticated', user: user(name) } : { kind: 'none' };
const refuses =
  (why: string): TokenAuthenticator =>
  () => ({ kind: 'refused', why });
const show = (token: string | undefined, audiences: readonly string[] = []) => ({
  token,
  certificate: undefined,
  audiences,
});

describe('the Authorization header', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['  BEARER abc  ', 'abc'],
    ['Bearer abc more', 'abc'],
    ['Bearer ', undefined],
    ['Bearer', undefined],
    ['Bearer  abc', undefined],
    ['Basic YWRtaW4=', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j has the token %j', (header, token) => {
    expect(parseBearer(header)).toBe(token);
  });
});

describe('bearer tokens', () => {
  it('are tried with each authenticator', () => {
    const ask = bearerTokens(knows('a'), refuses('no'), knows('b'));
    expect(ask(show('a'))).toMatchObject({ kind: 'authenticated', user: { name: 'a' } });
    expect(ask(show('b'))).toMatchObject({ kind: 'authenticated', user: { name: 'b' } });
  });
  it('are refused where nobody knows them, with what was wrong', () => {
    expect(bearerTokens(knows('a'))(show('x'))).toEqual({ kind: 'refused', why: 'invalid bearer token' });
    expect(bearerTokens(knows('a'), refuses('it is over'))(show('x'))).toEqual({
      kind: 'refused',
      why: '[invalid bearer token, it is over]',
    });
  });
  it('are nobody’s business where there is none', () => {
    expect(bearerTokens(refuses('no'))(show(undefined))).toEqual({ kind: 'none' });
    expect(bearerTokens(refuses('no'))(show(''))).toEqual({ kind: 'none' });
  });
  it('are refused unread when endless', () => {
    const ask = bearerTokens(() => {
      throw new Error('was read');
    });
    expect(ask(show('x'.repeat(100_000)))).toEqual({ kind: 'refused', why: 'invalid bearer token' });
  });
  it('may take time', async () => {
    const late: TokenAuthenticator = (bearer) => Promise.resolve(knows('late')(bearer));
    const ask = bearerTokens(late, knows('b'));
    expect(await ask(show('late'))).toMatchObject({ user: { name: 'late' } });
    expect(await ask(show('b'))).toMatchObject({ user: { name: 'b' } });
    expect(await ask(show('c'))).toEqual({ kind: 'refused', why: 'invalid bearer token' });
  });
});

describe('tokens that know nothing of audiences', () => {
  const ask = forAudiences(['https://kcp', 'kcp'], knows('a'));
  const bearer = (audiences: readonly string[]) => ({ token: 'a', digest: '', audiences });

  it('count where no audience is asked for', () => {
    expect(ask(bearer([]))).toEqual({ kind: 'authenticated', user: user('a') } satisfies Authentication);
  });
  it('count for the server’s own audiences only', () => {
    expect(ask(bearer(['vault', 'kcp']))).toMatchObject({ kind: 'authenticated', audiences: ['kcp'] });
    expect(ask(bearer(['vault']))).toEqual({ kind: 'none' });
  });
});
