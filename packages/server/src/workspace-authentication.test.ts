import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '@kcp/api-machinery';
import { startIssuer, type TestIssuer } from '@kcp/auth/testing';
import { start, type LoopbackClient, type Server } from './index.ts';
import { ACCESS, adminOf, clusterOf, createTenancy, createWorkspace, grant } from './testing/workspaces.ts';

const TENANCY = '/apis/tenancy.kcp.io/v1alpha1';
const REVIEWS = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

let server: Server;
let root: LoopbackClient;
let [one, other]: TestIssuer[] = [];
const owned = new AsyncDisposableStack();

beforeAll(async () => {
  one = owned.use(await startIssuer());
  other = owned.use(await startIssuer());
  server = owned.use(await start({ freezesObjects: true }));
  root = await adminOf(server, 'root');
});
afterAll(() => owned.disposeAsync());

function issuer(of: TestIssuer | undefined): TestIssuer {
  if (of === undefined) throw new Error('not started');
  return of;
}

function jwt(of: TestIssuer, changes: JsonObject = {}): JsonObject {
  return {
    issuer: { url: of.url, audiences: ['test'], certificateAuthority: of.certificateAuthority },
    claimMappings: { username: { claim: 'sub', prefix: '' }, groups: { claim: 'groups', prefix: '' }, ...changes },
  };
}

const configuration = (name: string, ...list: readonly Json[]): Promise<JsonObject> =>
  createTenancy(root, 'WorkspaceAuthenticationConfiguration', { metadata: { name }, spec: { jwt: list } });

async function workspace(name: string, ...configurations: readonly string[]): Promise<string> {
  const extend = { with: [{ name: 'universal', path: 'root' }] };
  const authenticationConfigurations = configurations.map((each) => ({ name: each }));
  await createTenancy(root, 'WorkspaceType', { metadata: { name }, spec: { extend, authenticationConfigurations } });
  await createWorkspace(root, name, name);
  const path = `root:${name}`;
  await grant(server.client(path), ACCESS, { kind: 'Group', name: 'system:authenticated' });
  return path;
}

async function whoAmI(token: string, path: string): Promise<Json | undefined> {
  const answer = (await server.clientOf(token, path).create(REVIEWS, {})) as { status: { userInfo: Json } };
  return answer.status.userInfo;
}

const refused = { code: 401, reason: 'Unauthorized' };

describe('a token of an issuer that a type of workspaces names', () => {
  it('counts in workspaces of that type only, for a user that counts nowhere else', async () => {
    const mine = issuer(one);
    await configuration('only-here', jwt(mine));
    const path = await workspace('only-here', 'only-here');
    const token = await mine.sign({ sub: 'jane', groups: ['devs'] });
    const cluster = await clusterOf(server.client(path));
    expect(await whoAmI(token, path)).toEqual({
      username: 'jane',
      groups: ['devs', 'system:authenticated'],
      extra: {
        'authentication.kcp.io/scopes': [`cluster:${cluster}`],
        'authentication.kcp.io/cluster-name': [cluster],
      },
    });
    for (const elsewhere of ['root', await workspace('plain')])
      await expect(whoAmI(token, elsewhere)).rejects.toMatchObject(refused);
    await expect(whoAmI(await issuer(other).sign(), path)).rejects.toMatchObject(refused);
  });

  it('does not count in workspaces of a type that extends it', async () => {
    const mine = issuer(one);
    await configuration('base', jwt(mine));
    await workspace('base', 'base');
    const extend = { with: [{ name: 'base', path: 'root' }] };
    await createTenancy(root, 'WorkspaceType', { metadata: { name: 'heir' }, spec: { extend } });
    await createWorkspace(root, 'heir', 'heir');
    await expect(whoAmI(await mine.sign(), 'root:heir')).rejects.toMatchObject(refused);
  });

  it('makes nobody one of the server’s own', async () => {
    const mine = issuer(one);
    const extra = [
      { key: 'authentication.kcp.io/scopes', valueExpression: "['cluster:root']" },
      { key: 'example.com/kept', valueExpression: "['yes']" },
    ];
    await configuration('evil', jwt(mine, { extra }));
    const path = await workspace('evil', 'evil');
    const groups = ['system:masters', 'system:kcp:admin', 'apis.kcp.io:binding:x', 'devs'];
    const cluster = await clusterOf(server.client(path));
    expect(await whoAmI(await mine.sign({ groups }), path)).toMatchObject({
      groups: ['devs', 'system:authenticated'],
      extra: { 'authentication.kcp.io/scopes': [`cluster:${cluster}`], 'example.com/kept': ['yes'] },
    });
    for (const sub of ['system:admin', 'system:serviceaccount:a:b', 'apis.kcp.io:binding:x'])
      await expect(whoAmI(await mine.sign({ sub }), path)).rejects.toMatchObject(refused);
  });

  it('is known to token reviews of the workspace, for the server’s audience', async () => {
    const mine = issuer(one);
    await configuration('reviewed', jwt(mine));
    const path = await workspace('reviewed', 'reviewed');
    const review = async (cluster: string) =>
      server.client(cluster).create('/apis/authentication.k8s.io/v1/tokenreviews', {
        spec: { token: await mine.sign(), audiences: ['https://kcp.default.svc'] },
      });
    expect(await review(path)).toMatchObject({
      status: {
        authenticated: true,
        audiences: ['https://kcp.default.svc'],
        user: {
          username: 'jane',
          extra: { 'authentication.kcp.io/cluster-name': [await clusterOf(server.client(path))] },
        },
      },
    });
    expect(await review('root')).toMatchObject({ status: { user: {}, error: expect.stringContaining('invalid') } });
  });
});

describe('configurations', () => {
  it('count as they are now', async () => {
    const mine = issuer(one);
    await configuration('changing', jwt(mine));
    const path = await workspace('changing', 'changing', 'missing');
    const token = await mine.sign();
    expect(await whoAmI(token, path)).toMatchObject({ username: 'jane' });
    const at = `${TENANCY}/workspaceauthenticationconfigurations/changing`;
    await root.patch(at, { spec: { jwt: [jwt(mine, { username: { claim: 'sub', prefix: 'x:' } })] } });
    expect(await whoAmI(token, path)).toMatchObject({ username: 'x:jane' });
    await root.delete(at);
    await expect(whoAmI(token, path)).rejects.toMatchObject(refused);
  });

  it('of one type may be several, and one that is no good does not take the others along', async () => {
    const [mine, theirs] = [issuer(one), issuer(other)];
    await configuration('broken', jwt(mine, { username: { expression: 'concat(claims)' } }));
    await configuration('first', jwt(mine));
    await configuration('second', jwt(theirs));
    const path = await workspace('several', 'broken', 'first', 'second');
    expect(await whoAmI(await mine.sign(), path)).toMatchObject({ username: 'jane' });
    expect(await whoAmI(await theirs.sign({ sub: 'joe' }), path)).toMatchObject({ username: 'joe' });
  });

  it('of which one’s issuer hangs hold up nobody but those who show its tokens', async () => {
    const mine = issuer(one);
    await using hanging = await startIssuer();
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    hanging.interfere = () => (resolve(), true);
    await configuration('hangs', jwt(hanging));
    await configuration('answers', jwt(mine));
    const path = await workspace('patience', 'hangs', 'answers');
    let settled = false;
    const held = whoAmI(await hanging.sign(), path).finally(() => (settled = true));
    held.catch(() => {});
    await asked;
    expect(await whoAmI(await mine.sign(), path)).toMatchObject({ username: 'jane' });
    expect(settled).toBe(false);
    // the connection breaks: what was held up is refused
    await hanging[Symbol.asyncDispose]();
    await expect(held).rejects.toMatchObject(refused);
  });
});

describe('a server without the feature', () => {
  it('does not believe such issuers', async () => {
    const mine = issuer(one);
    await using plain = await start({ featureGates: { WorkspaceAuthentication: false } });
    const place = await adminOf(plain, 'root');
    const spec = { jwt: [jwt(mine)] };
    await createTenancy(place, 'WorkspaceAuthenticationConfiguration', { metadata: { name: 'c' }, spec });
    const type = { authenticationConfigurations: [{ name: 'c' }] };
    await createTenancy(place, 'WorkspaceType', { metadata: { name: 't' }, spec: type });
    await createWorkspace(place, 'w', 't');
    await expect(plain.clientOf(await mine.sign(), 'root:w').create(REVIEWS, {})).rejects.toMatchObject(refused);
  });
});
