import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startIssuer, type TestIssuer } from '@kcp/auth/testing';
import { startTestServer, type TestServer, type TestServerOptions } from '@kcp/testing';
import { grant, ListeningLogger, makeFolder, reviewToken, whoAmI, wireTo, type Folder } from './fixture.ts';

let parts: AsyncDisposableStack;
let folder: Folder;
let issuer: TestIssuer;
beforeEach(async () => {
  parts = new AsyncDisposableStack();
  folder = parts.use(await makeFolder());
  issuer = parts.use(await startIssuer());
});
afterEach(() => parts.disposeAsync());

const withFlags = async (
  more: TestServerOptions['oidc'] = {},
  options: TestServerOptions = {},
): Promise<TestServer> => {
  const caFile = await folder.write('issuer.pem', issuer.certificateAuthority);
  const oidc = {
    issuerUrl: issuer.url,
    clientId: 'test',
    caFile,
    groupsClaim: 'groups',
    groupsPrefix: 'oidc:',
    ...more,
  };
  return parts.use(await startTestServer({ ...options, oidc }));
};

const structured = (jwt: object[], more: object = {}): string =>
  JSON.stringify({ apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AuthenticationConfiguration', jwt, ...more });
const authenticator = (subject: TestIssuer, claimMappings: object, more: object = {}): object => ({
  issuer: { url: subject.url, audiences: ['test'], certificateAuthority: subject.certificateAuthority },
  claimMappings,
  ...more,
});
const named = (prefix: string) => ({ username: { claim: 'sub', prefix } });

describe('with --oidc flags', () => {
  it('a token signs in, its groups count in RBAC, and its user is the issuer’s', async () => {
    const server = await withFlags();
    await grant(server, 'root', { kind: 'Group', name: 'oidc:devs' });
    const wire = wireTo(server, { token: await issuer.sign({ groups: ['devs'] }) });
    expect(await whoAmI(wire)).toMatchObject({
      username: `${issuer.url}#jane`,
      groups: ['oidc:devs', 'system:authenticated'],
    });
    expect((await wire.request('/api/v1/namespaces')).status).toBe(200);
    const stranger = wireTo(server, { token: await issuer.sign({ sub: 'joe' }) });
    expect((await stranger.request('/api/v1/namespaces')).status).toBe(403);
  });
  it('tokens that should not count are 401, without a word about why', async () => {
    const server = await withFlags({ requiredClaims: ['hd=example.com'] });
    for (const token of [
      await issuer.sign({ hd: 'evil.com' }),
      await issuer.sign({ aud: 'x' }),
      await issuer.sign({ exp: 1 }),
    ]) {
      const { status, object } = await wireTo(server, { token }).request('/api');
      expect([status, object['message']]).toEqual([401, 'Unauthorized']);
    }
    // everybody who signed in may enter root
    const known = await whoAmI(wireTo(server, { token: await issuer.sign({ hd: 'example.com' }) }));
    expect(known).toMatchObject({ username: `${issuer.url}#jane` });
  });
  it('the server starts while the issuer is down, and believes it once it is up', async () => {
    issuer.interfere = (request) => (request.socket.destroy(), true);
    const logger = new ListeningLogger();
    const server = await withFlags({}, { logger });
    const token = await issuer.sign({ groups: ['devs'] });
    await grant(server, 'root', { kind: 'Group', name: 'oidc:devs' });
    expect(await whoAmI(wireTo(server, { token }))).toBe(401);
    expect(await whoAmI(wireTo(server, { token: server.server.adminToken }))).toMatchObject({
      username: 'shard-admin',
    });
    issuer.interfere = undefined;
    await logger.heard('oidc: keys fetched');
    expect(await whoAmI(wireTo(server, { token }))).toMatchObject({ username: `${issuer.url}#jane` });
  });
  it('TokenReview knows the token, for the server’s audiences only', async () => {
    const server = await withFlags();
    const token = await issuer.sign();
    const own = ['https://kcp.default.svc'];
    expect(await reviewToken(server, token)).toMatchObject({
      authenticated: true,
      audiences: own,
      user: { username: `${issuer.url}#jane` },
    });
    expect(await reviewToken(server, token, { audiences: [...own, 'x'] })).toMatchObject({ audiences: own });
    expect(await reviewToken(server, token, { audiences: ['x'] })).not.toHaveProperty('authenticated');
    expect(await reviewToken(server, await issuer.sign({ exp: 1 }))).toMatchObject({
      error: expect.stringContaining('token is expired'),
    });
  });
});

describe('with an authentication configuration', () => {
  const withFile = async (content: string, more: TestServerOptions = {}) => {
    const authenticationConfig = await folder.write('authentication.yaml', content);
    return parts.use(await startTestServer({ authenticationConfig, ...more }));
  };
  it('several issuers are believed, each by its own rules', async () => {
    const other = parts.use(await startIssuer());
    const server = await withFile(
      structured([
        authenticator(issuer, named('one:')),
        authenticator(
          other,
          {
            username: { expression: "'two:' + claims.sub" },
            groups: { expression: "claims.roles.split(',')" },
            uid: { claim: 'oid' },
            extra: [{ key: 'example.com/tenant', valueExpression: 'claims.tenant' }],
          },
          {
            claimValidationRules: [{ expression: 'claims.exp - claims.iat <= 7200', message: 'too long' }],
            userValidationRules: [{ expression: "!user.username.startsWith('system:')", message: 'reserved' }],
          },
        ),
      ]),
    );
    await grant(server, 'root', { kind: 'Group', name: 'system:authenticated' });
    expect(await whoAmI(wireTo(server, { token: await issuer.sign() }))).toMatchObject({ username: 'one:jane' });
    const claims = { roles: 'a,b', oid: '7', tenant: 't1' };
    expect(await whoAmI(wireTo(server, { token: await other.sign(claims) }))).toMatchObject({
      username: 'two:jane',
      uid: '7',
      groups: ['a', 'b', 'system:authenticated'],
      extra: { 'example.com/tenant': ['t1'] },
    });
    const far = Math.floor(Date.now() / 1000) + 8000;
    expect(await whoAmI(wireTo(server, { token: await other.sign({ ...claims, exp: far }) }))).toBe(401);
    expect(await reviewToken(server, await other.sign({ ...claims, exp: far }))).toMatchObject({
      error: expect.stringContaining("validation expression 'claims.exp - claims.iat <= 7200' failed: too long"),
    });
  });
  it('a change counts without a restart; a bad one changes nothing', async () => {
    const logger = new ListeningLogger();
    const server = await withFile(structured([authenticator(issuer, named('before:'))]), { logger });
    await grant(server, 'root', { kind: 'Group', name: 'system:authenticated' });
    const wire = wireTo(server, { token: await issuer.sign() });
    expect(await whoAmI(wire)).toMatchObject({ username: 'before:jane' });
    await folder.write('authentication.yaml', structured([{ issuer: { url: 'http://x' } }]));
    await logger.heard('authentication configuration: the change is not taken over');
    expect(await whoAmI(wire)).toMatchObject({ username: 'before:jane' });
    await folder.write('authentication.yaml', structured([authenticator(issuer, named('after:'))]));
    await logger.heard('authentication configuration reloaded');
    expect(await whoAmI(wire)).toMatchObject({ username: 'after:jane' });
    await folder.write('authentication.yaml', structured([]));
    await logger.heard('authentication configuration reloaded', 2);
    expect(await whoAmI(wire)).toBe(401);
  });
  it('anonymous requests are let in on some paths only', async () => {
    const anonymous = { enabled: true, conditions: [{ path: '/livez' }, { path: '/readyz' }] };
    const server = await withFile(structured([], { anonymous }));
    const wire = wireTo(server);
    expect((await wire.request('/livez')).status).toBe(200);
    expect((await wire.request('/version')).status).toBe(401);
    expect((await wire.request('/api/v1/namespaces')).status).toBe(401);
    expect((await wireTo(server, { token: 'admin-token' }).request('/version')).status).toBe(200);
  });
  it('what is wrong with it is said at the start, all of it', async () => {
    const file = await folder.write(
      'a.yaml',
      structured([{ issuer: { url: 'http://x', audiences: [] }, claimMappings: { username: { claim: 'sub' } } }]),
    );
    await expect(startTestServer({ authenticationConfig: file })).rejects.toThrow(
      `${file}: [jwt[0].issuer.url: Invalid value: "http://x": URL scheme must be https, jwt[0].issuer.audiences: Required value: at least one jwt[0].issuer.audiences is required, jwt[0].claimMappings.username.prefix: Required value: prefix is required when claim is set. It can be set to an empty string to disable prefixing]`,
    );
    await expect(startTestServer({ authenticationConfig: file, oidc: { issuerUrl: 'https://x' } })).rejects.toThrow(
      'mutually exclusive',
    );
  });
});
