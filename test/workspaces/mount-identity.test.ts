import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { KeyPair } from '@kcp/auth';
import { startTestServer, type TestServer } from '@kcp/testing';
import { authority, clientOf, makeFolder } from '../auth/fixture.ts';
import { mountWorld } from './mount-fixture.ts';

const parts = new AsyncDisposableStack();
let proxies: KeyPair;
let folder: Awaited<ReturnType<typeof makeFolder>>;

beforeAll(async () => {
  folder = parts.use(await makeFolder());
  proxies = await authority('proxies');
});
afterAll(() => parts.disposeAsync());

/** A server that is known to mounts by a certificate in this name, and takes the word of who bears `front-proxy`; it mounts itself. */
async function mounting(name: string): Promise<TestServer> {
  const pair = await clientOf(proxies, name);
  const server = parts.use(
    await startTestServer({
      featureGates: { WorkspaceMounts: true },
      mountProxyClientCertFile: await folder.write(`${name}.crt`, pair.certificate),
      mountProxyClientKeyFile: await folder.write(`${name}.key`, pair.privateKey),
      requestHeader: {
        clientCaFile: await folder.write('proxies.pem', proxies.certificate),
        allowedNames: ['front-proxy'],
        usernameHeaders: ['X-Remote-User'],
        groupHeaders: ['X-Remote-Group'],
        extraHeaderPrefixes: ['X-Remote-Extra-'],
      },
    }),
  );
  const world = await mountWorld(server);
  await world.mountable('one');
  await world.say('one', { phase: 'Ready', URL: `${server.url}/clusters/root:destination` });
  await world.mount('mounted', 'one');
  await world.whenIn('mounted', 'Ready');
  return server;
}

const reviews = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const review = { method: 'POST', body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' } };

describe('a mount that takes the word of this server', () => {
  it('is told by whom it is asked, whose token stays here', async () => {
    const server = await mounting('front-proxy');
    using wire = server.wire('root:source:mounted');
    const { status, object } = await wire.request(reviews, review);
    expect([status, object['status']]).toMatchObject([
      201,
      { userInfo: { username: 'admin', groups: ['system:masters', 'system:authenticated'] } },
    ]);
    const headers = { 'x-remote-user': 'admin', 'x-remote-group': 'system:masters' };
    using other = server.wire('root:source:mounted', 'user-1');
    expect((await other.request('/api/v1/namespaces', { headers })).status).toBe(403);
  });

  it('refuses it under another name than it knows, for it gets no other credentials', async () => {
    const server = await mounting('other');
    using wire = server.wire('root:source:mounted');
    expect((await wire.request(reviews, review)).status).toBe(401);
  });
});
