import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isObject, own, parseJson, type JsonObject } from '@kcp/api-machinery';
import { startHttpsServer, type HttpsServer } from '@kcp/auth/testing';
import { startTestServer, type TestServer, type TestServerOptions } from '@kcp/testing';
import { authority, clientOf, grant, makeFolder, reviewToken, whoAmI, wireTo, type Folder } from './fixture.ts';

type Answer = (review: JsonObject, response: ServerResponse, request: IncomingMessage) => void;

let parts: AsyncDisposableStack;
let folder: Folder;
let webhook: HttpsServer;
let answer: Answer;
let reviews: JsonObject[];
beforeEach(async () => {
  parts = new AsyncDisposableStack();
  folder = parts.use(await makeFolder());
  reviews = [];
  answer = (_review, response) => response.writeHead(404).end();
  const callers = await authority('callers');
  webhook = parts.use(
    await startHttpsServer(
      (request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const review = parseJson(String(Buffer.concat(chunks)));
          if (!isObject(review)) throw new Error('no review');
          reviews.push(review);
          answer(review, response, request);
        });
      },
      { ca: callers.certificate, requestCert: true, rejectUnauthorized: true },
    ),
  );
  const caller = await clientOf(callers, 'kcp');
  await folder.write('ca.pem', webhook.authority.certificate);
  await folder.write('caller.pem', caller.certificate);
  await folder.write('caller.key', caller.privateKey);
});
afterEach(() => parts.disposeAsync());

const kubeconfig = (): Promise<string> =>
  folder.write(
    'webhook.kubeconfig',
    `apiVersion: v1
kind: Config
clusters:
- name: it
  cluster: {certificate-authority: ca.pem, server: "${webhook.url}/review?x=1"}
users:
- name: us
  user: {client-certificate: caller.pem, client-key: caller.key}
contexts:
- name: c
  context: {cluster: it, user: us}
current-context: c
`,
  );

const start = async (options: TestServerOptions): Promise<TestServer> => parts.use(await startTestServer(options));
const status =
  (value: JsonObject): Answer =>
  ({ kind, apiVersion }, response) =>
    response.end(JSON.stringify({ kind, apiVersion, status: value }));
const specOf = (review: JsonObject | undefined): JsonObject => {
  const spec = review && own(review, 'spec');
  return spec !== undefined && isObject(spec) ? spec : {};
};

describe('a token webhook', () => {
  const withWebhook = async (more: object = {}) => {
    const server = await start({ authenticationWebhook: { configFile: await kubeconfig(), ...more } });
    await grant(server, 'root', { kind: 'Group', name: 'system:authenticated' });
    return server;
  };
  it('says whose a token is; once, for as long as its answer is remembered', async () => {
    answer = status({
      authenticated: true,
      user: { username: 'jane', uid: '7', groups: ['devs'], extra: { 'example.com/a': ['b'] } },
    });
    const server = await withWebhook();
    const wire = wireTo(server, { token: 'a-token' });
    for (let n = 0; n < 3; n += 1) {
      expect(await whoAmI(wire)).toEqual({
        username: 'jane',
        uid: '7',
        groups: ['devs', 'system:authenticated'],
        extra: { 'example.com/a': ['b'] },
      });
    }
    expect(reviews).toEqual([
      expect.objectContaining({
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        spec: { token: 'a-token', audiences: ['https://kcp.default.svc'] },
      }),
    ]);
    expect(await reviewToken(server, 'a-token')).toMatchObject({ authenticated: true, user: { username: 'jane' } });
  });
  it('is not asked about tokens that are known, and its no is remembered', async () => {
    answer = status({ authenticated: false });
    const server = await withWebhook();
    expect(await whoAmI(wireTo(server, { token: 'user-1-token' }))).toMatchObject({ username: 'user-1' });
    for (let n = 0; n < 2; n += 1) expect(await whoAmI(wireTo(server, { token: 'x' }))).toBe(401);
    expect(reviews.length).toBe(1);
  });
  it('that fails refuses nobody whom others know, and answers no one else', async () => {
    answer = (_review, response) => response.end('rubbish');
    const server = await withWebhook({ version: 'v1beta1', cacheMs: 0 });
    expect(await whoAmI(wireTo(server, { token: 'x' }))).toBe(401);
    expect(await reviewToken(server, 'x')).toMatchObject({
      error: expect.stringContaining('the webhook answered what is no JSON'),
    });
    expect(reviews[0]).toMatchObject({ apiVersion: 'authentication.k8s.io/v1beta1' });
    await webhook[Symbol.asyncDispose]();
    expect(await whoAmI(wireTo(server, { token: 'x' }))).toBe(401);
    expect(await reviewToken(server, 'x')).toMatchObject({
      error: expect.stringContaining('connect: connection refused'),
    });
    expect(await whoAmI(wireTo(server, { token: 'user-1-token' }))).toMatchObject({ username: 'user-1' });
  });
});

describe('an authorization webhook', () => {
  const withWebhook = async (authorizationOrder?: readonly string[]) =>
    start({
      authorizationWebhook: { configFile: await kubeconfig() },
      ...(authorizationOrder && { authorizationOrder }),
    });
  const list = async (server: TestServer, token = 'user-1-token') =>
    wireTo(server, { token }).request('/api/v1/namespaces');

  it('is asked where RBAC does not allow, with the logical cluster', async () => {
    answer = status({ allowed: true });
    const server = await withWebhook();
    expect((await list(server)).status).toBe(200);
    expect((await list(server)).status).toBe(200);
    expect(reviews.map(specOf)).toEqual([
      {
        resourceAttributes: { verb: 'list', version: 'v1', resource: 'namespaces' },
        user: 'user-1',
        groups: ['team-1', 'system:authenticated'],
        extra: { 'authorization.kcp.io/cluster-name': ['root'] },
        uid: '1111-1111-1111-1111',
      },
    ]);
  });
  it('is not asked about masters, health, and what RBAC allows', async () => {
    answer = status({ allowed: false });
    const server = await withWebhook();
    await grant(server, 'root', { kind: 'User', name: 'user-1' });
    expect((await list(server)).status).toBe(200);
    expect((await list(server, 'admin-token')).status).toBe(200);
    expect((await wireTo(server).request('/livez')).status).toBe(200);
    expect(reviews).toEqual([]);
    expect((await list(server, 'user-2-token')).status).toBe(403);
  });
  it('in front of RBAC can deny what RBAC allows, but not masters', async () => {
    answer = status({ allowed: false, denied: true, reason: 'on holiday' });
    const server = await withWebhook(['Webhook', 'AlwaysAllowGroups', 'AlwaysAllowPaths', 'RBAC']);
    await grant(server, 'root', { kind: 'User', name: 'user-1' });
    const refused = await list(server);
    expect([refused.status, refused.object['message']]).toEqual([
      403,
      'namespaces is forbidden: User "user-1" cannot list resource "namespaces" in API group "" at the cluster scope: on holiday',
    ]);
    expect((await list(server, 'admin-token')).status).toBe(200);
    expect((await wireTo(server).request('/livez')).status).toBe(403);
  });
  it('that fails leaves the others to decide; where none does, that is no refusal but a failure', async () => {
    answer = (review, response) => response.end(JSON.stringify({ ...review, kind: 'TokenReview' }));
    const server = await withWebhook(['AlwaysAllowGroups', 'AlwaysAllowPaths', 'Webhook', 'RBAC']);
    await grant(server, 'root', { kind: 'User', name: 'user-1' });
    expect((await list(server)).status).toBe(200);
    const failed = await list(server, 'user-2-token');
    expect([failed.status, failed.object['reason']]).toEqual([500, 'InternalError']);
    expect(failed.text).not.toContain(webhook.url);
    const review = await server.client('root').create('/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      spec: { user: 'user-2', resourceAttributes: { verb: 'list', resource: 'namespaces' } },
    });
    expect(review['status']).toMatchObject({ allowed: false, evaluationError: 'the authorization webhook failed' });
  });
  it('knows only authorizers that are named', async () => {
    answer = status({ allowed: true });
    const server = await withWebhook(['Webhook']);
    expect((await wireTo(server).request('/livez')).status).toBe(200);
    expect(reviews.map((review) => specOf(review)['user'])).toContain('system:anonymous');
    await expect(start({ authorizationOrder: ['RBAC', 'Nobody'] })).rejects.toThrow('invalid authorizer: "Nobody"');
  });
});

describe('a kubeconfig of a webhook', () => {
  it.each([
    ['clusters: []', 'no cluster with a server is named'],
    ['clusters: [{name: a, cluster: {server: "http://x"}}]', 'server: "http://x" is no https URL'],
    [
      'clusters: [{name: a, cluster: {server: "https://x", insecure-skip-tls-verify: true}}]',
      'cluster: insecure-skip-tls-verify is not supported',
    ],
    [
      'clusters: [{name: a, cluster: {server: "https://x"}}]\nusers: [{name: u, user: {exec: {command: sh}}}]',
      'user: exec is not supported',
    ],
    ['clusters: [{name: a, cluster: {server: "https://x"}}]\ncurrent-context: y', 'there is no context "y"'],
    ['clusters: [{name: a, cluster: {server: "https://x", certificate-authority: none.pem}}]', 'there is no such file'],
    [
      'clusters: [{name: a, cluster: {server: "https://x"}}]\nusers: [{name: u, user: {client-key-data: eA==}}]',
      'client-certificate and client-key go together',
    ],
    ['[]', 'the file holds no kubeconfig'],
  ])('that says %s is refused at the start', async (content, why) => {
    const configFile = await folder.write('bad.kubeconfig', content);
    await expect(start({ authorizationWebhook: { configFile } })).rejects.toThrow(why);
  });
});
