import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createOutbound, type Outbound } from '@kcp/outbound';
import { silentLogger } from '@kcp/telemetry';
import { bearerTokens } from '../authentication/bearer.ts';
import { startHttpsServer } from '../testing/https-server.ts';
import { startIssuer, type TestIssuer } from '../testing/issuer.ts';
import type { Authentication } from '../user.ts';
import { flagConfiguration, type OidcFlags } from './flag-configuration.ts';
import { jwtTokens, type JwtTokens } from './jwt-tokens.ts';
import { checkAuthenticationConfiguration } from './validate-configuration.ts';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing[Symbol.asyncDispose]();
});
const owned = <T extends AsyncDisposable>(thing: T): T => (open.push(thing), thing);

class Clock {
  now = Date.UTC(2030, 0, 1);
  readonly read = (): number => this.now;
}

interface World {
  readonly issuer: TestIssuer;
  readonly clock: Clock;
  readonly tokens: JwtTokens;
  readonly ask: (token: string, audiences?: readonly string[]) => Promise<Authentication>;
  readonly why: (token: string) => Promise<string>;
}

async function world(
  options: { flags?: Partial<OidcFlags>; algorithms?: readonly string[]; outbound?: Outbound; confined?: boolean } = {},
): Promise<World> {
  const clock = new Clock();
  const issuer = owned(await startIssuer(clock.read));
  const { errors, plans } = checkAuthenticationConfiguration(
    flagConfiguration({
      issuerUrl: issuer.url,
      clientId: 'test',
      usernamePrefix: '-',
      groupsClaim: 'groups',
      certificateAuthority: issuer.certificateAuthority,
      ...options.flags,
    }),
    [],
  );
  expect(errors).toEqual([]);
  const tokens = jwtTokens(plans, {
    outbound: options.outbound ?? owned(createOutbound()),
    tenant: 'test',
    algorithms: options.algorithms ?? ['RS256'],
    apiAudiences: ['https://api'],
    confined: options.confined ?? false,
    clock: clock.read,
    logger: silentLogger,
  });
  const authenticate = bearerTokens(tokens.authenticate);
  const ask = async (token: string, audiences?: readonly string[]) =>
    authenticate({ token, certificate: undefined, ...(audiences && { audiences }) });
  const why = async (token: string): Promise<string> => {
    const answer = await ask(token);
    return answer.kind === 'refused' ? answer.why : answer.kind;
  };
  return { issuer, clock, tokens, ask, why };
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token of a configured issuer', () => {
  it('is its user, with groups and the token’s id', async () => {
    const { issuer, ask } = await world({ flags: { groupsPrefix: 'oidc:' } });
    expect(await ask(await issuer.sign({ groups: ['a', 'b'], jti: 't1' }))).toEqual({
      kind: 'authenticated',
      user: {
        name: 'jane',
        uid: '',
        groups: ['oidc:a', 'oidc:b'],
        extra: { 'authentication.kubernetes.io/credential-id': ['JTI=t1'] },
      },
    });
  });
  it('is checked once, by keys that are fetched once', async () => {
    const { issuer, ask, tokens } = await world();
    const token = await issuer.sign();
    await Promise.all([ask(token), ask(token), ask(await issuer.sign({ sub: 'joe' }))]);
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/keys']);
    await issuer[Symbol.asyncDispose]();
    open.length = 0;
    expect(tokens.remembered({ token, digest: '', audiences: [] })).toEqual({ kind: 'none' });
    const again = ask(token);
    expect(await again).toMatchObject({ user: { name: 'jane' } });
  });
  it('counts until it expires, to the second, remembered or not', async () => {
    const { issuer, clock, ask, why } = await world();
    const token = await issuer.sign();
    expect(await ask(token)).toMatchObject({ kind: 'authenticated' });
    clock.now += 3_600_000 - 1;
    expect(await ask(token)).toMatchObject({ kind: 'authenticated' });
    clock.now += 1;
    expect(await why(token)).toBe(
      '[invalid bearer token, oidc: verify token: oidc: token is expired (Token Expiry: 2030-01-01T01:00:00.000Z)]',
    );
  });
  it('counts five minutes before its time', async () => {
    const { issuer, clock, ask, why } = await world();
    const seconds = clock.now / 1000;
    expect(await ask(await issuer.sign({ nbf: seconds + 300 }))).toMatchObject({ kind: 'authenticated' });
    expect(await why(await issuer.sign({ nbf: seconds + 301 }))).toContain('before the nbf (not before) time');
  });
  it('counts for the server’s own audiences where others ask about it', async () => {
    const { issuer, ask } = await world();
    const token = await issuer.sign();
    expect(await ask(token, ['https://api', 'x'])).toMatchObject({ kind: 'authenticated', audiences: ['https://api'] });
    expect(await ask(token, ['x'])).toMatchObject({ kind: 'refused' });
  });
});

describe('a token that should not count', () => {
  it('for another audience, without expiry, of another issuer', async () => {
    const { issuer, why } = await world();
    expect(await why(await issuer.sign({ aud: ['a', 'b'] }))).toContain(
      'oidc: expected audience in ["test"] got ["a" "b"]',
    );
    expect(await why(await issuer.sign({ exp: undefined as unknown as number }))).toContain('token is expired');
    expect(await why(await issuer.sign({ iss: 'https://other.example' }))).toBe('invalid bearer token');
    expect(issuer.requests).toEqual([]);
  });
  it('without signature, or with one that anybody can make', async () => {
    const { issuer, why } = await world({ algorithms: ['RS256', 'ES256'] });
    const [, payload = '', signature = ''] = (await issuer.sign()).split('.');
    const unsigned = `${encoded({ alg: 'none', kid: 'key-1' })}.${payload}.`;
    expect(await why(unsigned)).toContain('unsupported algorithm, expected ["RS256" "ES256"] got "none"');
    const publicKey = JSON.stringify(issuer.keys[0]?.publicKey);
    const head = `${encoded({ alg: 'HS256', kid: 'key-1' })}.${payload}`;
    expect(await why(`${head}.${createHmac('sha256', publicKey).update(head).digest('base64url')}`)).toContain(
      'got "HS256"',
    );
    const other = await issuer.sign({ sub: 'root' });
    expect(await why([...other.split('.').slice(0, 2), signature].join('.'))).toContain(
      'failed to verify id token signature',
    );
    expect(await why(`${encoded({ alg: 'ES256', kid: 'key-1' })}.${payload}.${signature}`)).toContain(
      'failed to verify id token signature',
    );
  });
  it('signed by a key of the right name that is somebody else’s', async () => {
    const { issuer, why } = await world();
    const stranger = owned(await startIssuer());
    expect(await why(await stranger.sign({ iss: issuer.url, exp: 2_000_000_000 }))).toContain(
      'failed to verify id token signature',
    );
  });
  it('that is no token at all', async () => {
    const { why } = await world();
    for (const token of [
      'x',
      'a.b',
      'a.b.c',
      `${encoded([])}.${encoded({})}.x`,
      `${encoded({ alg: 'RS256' })}.${encoded({ iss: 5 })}.x`,
    ])
      expect(await why(token)).toBe('invalid bearer token');
  });
  it('signed with an algorithm that is not wanted', async () => {
    const { issuer, why } = await world();
    await issuer.addKey('ES256');
    expect(await why(await issuer.sign())).toContain('expected ["RS256"] got "ES256"');
  });
});

describe('the keys of an issuer', () => {
  it('may be of all kinds, and need no name in the token', async () => {
    const { issuer, ask } = await world({ algorithms: ['RS256', 'ES256', 'ES384', 'PS256'] });
    for (const algorithm of ['ES256', 'ES384', 'PS256']) await issuer.addKey(algorithm);
    for (const key of issuer.keys) {
      expect(await ask(await issuer.sign({}, { key }))).toMatchObject({ kind: 'authenticated' });
      expect(await ask(await issuer.sign({ sub: 'joe' }, { key, keyId: null }))).toMatchObject({
        kind: 'authenticated',
      });
    }
  });
  it('are fetched anew for one that nobody knows, not more often than every ten seconds', async () => {
    const { issuer, clock, ask, why } = await world();
    await ask(await issuer.sign());
    await issuer.addKey();
    const late = await issuer.sign();
    expect(await why(late)).toContain('failed to verify');
    expect(issuer.requests.length).toBe(2);
    clock.now += 10_000;
    expect(await ask(late)).toMatchObject({ kind: 'authenticated' });
    expect(issuer.requests.length).toBe(4);
    for (let n = 0; n < 5; n += 1)
      expect(await why(await issuer.sign({ sub: `${n}` }, { keyId: `none-${n}` }))).toContain('failed to verify');
    expect(issuer.requests.length).toBe(4);
  });
  it('that are withdrawn take their tokens with them, once that is noticed', async () => {
    const { issuer, clock, ask, why } = await world();
    const old = await issuer.sign({ exp: clock.now / 1000 + 7200 });
    expect(await ask(old)).toMatchObject({ kind: 'authenticated' });
    issuer.keys.length = 0;
    await issuer.addKey();
    clock.now += 10_000;
    expect(await ask(await issuer.sign())).toMatchObject({ kind: 'authenticated' });
    clock.now += 10_000;
    expect(await why(old)).toContain('failed to verify');
  });
  it('do not come while the issuer is down, which is not asked again and again', async () => {
    const { issuer, clock, ask, why } = await world();
    issuer.interfere = (_request, response) => (response.writeHead(503).end('maintenance'), true);
    const token = await issuer.sign();
    expect(await why(token)).toContain(`${issuer.url}/.well-known/openid-configuration: 503: maintenance`);
    expect(await why(token)).toContain('oidc: authenticator not initialized');
    expect(issuer.requests.length).toBe(1);
    issuer.interfere = undefined;
    clock.now += 499;
    expect(await why(token)).toContain('not initialized');
    clock.now += 1;
    expect(await ask(token)).toMatchObject({ kind: 'authenticated' });
  });
  it.each([
    [
      'a redirect',
      (issuer: TestIssuer) =>
        (issuer.interfere = (_request, response) => (response.writeHead(302, { location: 'https://x/' }).end(), true)),
      'redirects (to https://x/) are not followed',
    ],
    [
      'what is no JSON',
      (issuer: TestIssuer) => (issuer.interfere = (_request, response) => (response.end('<html>'), true)),
      'the answer is no JSON',
    ],
    [
      'what is no object',
      (issuer: TestIssuer) => (issuer.interfere = (_request, response) => (response.end('[1]'), true)),
      'the answer is no object',
    ],
    [
      'another issuer',
      (issuer: TestIssuer) =>
        (issuer.interfere = (_request, response) => (response.end('{"issuer":"https://evil"}'), true)),
      'did not match the issuer returned by provider',
    ],
    [
      'no address of keys',
      (issuer: TestIssuer) =>
        (issuer.interfere = (_request, response) => (
          response.end(JSON.stringify({ issuer: issuer.url, jwks_uri: 'http://x/keys' })),
          true
        )),
      'did not return JWKS URL',
    ],
    [
      'far too many keys',
      (issuer: TestIssuer) =>
        (issuer.interfere = (request, response) =>
          request.url === '/keys' && (response.end('x'.repeat(3_200_000)), true)),
      'larger than 3145728 bytes',
    ],
    [
      'no list of keys',
      (issuer: TestIssuer) =>
        (issuer.interfere = (request, response) => request.url === '/keys' && (response.end('{"keys":{}}'), true)),
      'the key set has no keys',
    ],
  ])('are not taken from %s', async (_what, spoil, why) => {
    const subject = await world();
    spoil(subject.issuer);
    expect(await subject.why(await subject.issuer.sign())).toContain(why);
  });
  it('that are none do no harm to the others', async () => {
    const { issuer, ask } = await world();
    issuer.interfere = (request, response) => {
      if (request.url !== '/keys') return false;
      const bad = [{ kty: 'RSA', kid: 'key-1' }, { kty: 'oct', k: 'AAAA', kid: 'key-1' }, 'x', null];
      response.end(JSON.stringify({ keys: [...bad, ...issuer.keys.map(({ publicKey }) => publicKey)] }));
      return true;
    };
    expect(await ask(await issuer.sign())).toMatchObject({ kind: 'authenticated' });
  });
  it('of a slow issuer are waited for, but not for ever', async () => {
    const { issuer, why } = await world({ outbound: owned(createOutbound({ limits: { headMs: 30 } })) });
    issuer.interfere = () => true;
    expect(await why(await issuer.sign())).toContain('context deadline exceeded');
  });
});

describe('groups that lie elsewhere', () => {
  const names = { _claim_names: { groups: 'src' } };
  it('are fetched with the token’s own credential and verified', async () => {
    const { issuer, clock, ask } = await world();
    let seen = '';
    let groups = ['far'];
    issuer.interfere = (request, response) => {
      if (request.url !== '/groups') return false;
      seen = request.headers.authorization ?? '';
      void issuer.sign({ groups }).then((token) => response.end(token));
      return true;
    };
    const sources = { _claim_sources: { src: { endpoint: `${issuer.url}/groups`, access_token: 'open' } } };
    const token = await issuer.sign({ ...names, ...sources });
    expect(await ask(token)).toMatchObject({ user: { groups: ['far'] } });
    expect(seen).toBe('Bearer open');
    groups = ['changed'];
    expect(await ask(token)).toMatchObject({ user: { groups: ['far'] } });
    clock.now += 10_000;
    expect(await ask(token)).toMatchObject({ user: { groups: ['changed'] } });
  });
  it('are refused where they are not to be had, or not vouched for', async () => {
    const { issuer, why } = await world();
    const stranger = owned(await startHttpsServer((_request, response) => response.end('nobody.signed.this')));
    const at = (endpoint: string) => issuer.sign({ ...names, _claim_sources: { src: { endpoint } } });
    expect(await why(await at(`${issuer.url}/nothing`))).toContain('/nothing: 404');
    expect(await why(await at(stranger.url))).toContain('could not expand distributed claims');
    expect(await why(await at('http://127.0.0.1/'))).toContain('is no https URL');
    expect(await why(await issuer.sign(names))).toContain('no claim sources');
    expect(await why(await issuer.sign({ ...names, _claim_sources: {} }))).toContain('missing in _claims_sources');
  });
  it('are not looked for where the token has them', async () => {
    const { issuer, ask } = await world();
    const token = await issuer.sign({ ...names, groups: 'one' });
    expect(await ask(token)).toMatchObject({ user: { groups: ['one'] } });
  });
});

describe('issuers that tenants choose', () => {
  it('cannot give what belongs to the server', async () => {
    const { issuer, ask, why } = await world({ confined: true });
    expect(await ask(await issuer.sign({ groups: ['system:masters', 'devs'] }))).toMatchObject({
      user: { name: 'jane', groups: ['devs'] },
    });
    expect(await why(await issuer.sign({ sub: 'system:admin' }))).toContain('system usernames are not admitted');
  });
});

describe('another configuration', () => {
  it('counts at once, and what was verified before is forgotten', async () => {
    const { issuer, tokens, ask, why } = await world();
    const token = await issuer.sign();
    expect(await ask(token)).toMatchObject({ kind: 'authenticated' });
    tokens.replace([]);
    expect(await why(token)).toBe('invalid bearer token');
  });
});
