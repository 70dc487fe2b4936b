import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '@kcp/testing';
import { grant, makeCluster, reviewToken, whoAmI, wireTo } from './fixture.ts';

const parts = new AsyncDisposableStack();
let server: TestServer;
const TOKEN = 'abcdef.0123456789abcdef';

beforeAll(async () => {
  server = parts.use(await startTestServer({ bootstrapTokens: true }));
  for (const cluster of ['home', 'other']) {
    await makeCluster(server, cluster);
    await grant(server, cluster, { kind: 'Group', name: 'system:bootstrappers:nodes' });
    await grant(server, cluster, { kind: 'User', name: 'system:bootstrap:abcdef' });
  }
  await putToken('home', 'abcdef', { 'auth-extra-groups': 'system:bootstrappers:nodes' });
});
afterAll(() => parts.disposeAsync());

const secrets = '/api/v1/namespaces/kube-system/secrets';

async function putToken(cluster: string, id: string, fields: Record<string, string> = {}): Promise<void> {
  await server.client(cluster).create(secrets, {
    metadata: { name: `bootstrap-token-${id}` },
    type: 'bootstrap.kubernetes.io/token',
    stringData: {
      'token-id': id,
      'token-secret': '0123456789abcdef',
      'usage-bootstrap-authentication': 'true',
      ...fields,
    },
  });
}
const as = (token: string, cluster = 'home') => whoAmI(wireTo(server, { cluster, token }));

describe('a bootstrap token', () => {
  it('signs in where its Secret is, and counts there only', async () => {
    expect(await as(TOKEN)).toEqual({
      username: 'system:bootstrap:abcdef',
      groups: ['system:bootstrappers', 'system:bootstrappers:nodes', 'system:authenticated'],
      extra: { 'authentication.kcp.io/scopes': ['cluster:home'] },
    });
    expect((await wireTo(server, { cluster: 'home', token: TOKEN }).request('/api/v1/namespaces')).status).toBe(200);
  });
  it('is nobody’s in another logical cluster, in root, and over all of them', async () => {
    for (const cluster of ['other', 'root', '*']) expect(await as(TOKEN, cluster)).toBe(401);
  });
  it('with a Secret of the same id but another secret elsewhere signs in to neither’s other', async () => {
    await putToken('other', 'abcdef', { 'token-secret': 'fedcba9876543210' });
    expect(await as(TOKEN, 'other')).toBe(401);
    expect(await as('abcdef.fedcba9876543210', 'other')).toMatchObject({
      extra: { 'authentication.kcp.io/scopes': ['cluster:other'] },
    });
    expect(await as('abcdef.fedcba9876543210')).toBe(401);
  });
  it('is reviewed in its logical cluster only', async () => {
    expect(await reviewToken(server, TOKEN, { cluster: 'home' })).toMatchObject({ authenticated: true });
    expect(await reviewToken(server, TOKEN, { cluster: 'root' })).not.toHaveProperty('authenticated');
  });
  it('ends with its Secret', async () => {
    await putToken('home', 'gone00');
    expect(await as('gone00.0123456789abcdef')).toBe(403);
    await server.client('home').delete(`${secrets}/bootstrap-token-gone00`);
    expect(await as('gone00.0123456789abcdef')).toBe(401);
  });
  it('that has ended is refused, and its Secret is removed', async () => {
    const watch = server.client('home').watch(secrets, { fieldSelector: 'metadata.name=bootstrap-token-ended0' });
    const events = watch[Symbol.asyncIterator]();
    const added = events.next();
    await putToken('home', 'ended0', { expiration: '2020-01-01T00:00:00Z' });
    expect(await as('ended0.0123456789abcdef')).toBe(401);
    expect((await added).value).toMatchObject({ type: 'ADDED' });
    expect((await events.next()).value).toMatchObject({ type: 'DELETED' });
    await events.return?.();
  });
});

it('bootstrap tokens are nobody’s where they are not enabled', async () => {
  await using closed = await startTestServer();
  await makeCluster(closed, 'home');
  await closed.client('home').create(secrets, {
    metadata: { name: 'bootstrap-token-abcdef' },
    type: 'bootstrap.kubernetes.io/token',
    stringData: { 'token-id': 'abcdef', 'token-secret': '0123456789abcdef', 'usage-bootstrap-authentication': 'true' },
  });
  expect(await whoAmI(wireTo(closed, { cluster: 'home', token: TOKEN }))).toBe(401);
});
