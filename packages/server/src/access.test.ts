import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import { start, type LoopbackClient, type Server } from './index.ts';
import { tokenOfUser } from './kubeconfig-file.ts';
import { ACCESS, adminOf, clusterOf, createWorkspace, grant } from './testing/workspaces.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
const WORKSPACES = '/apis/tenancy.kcp.io/v1alpha1/workspaces';

let server: Server;
let folder = '';
let org: LoopbackClient;
const owned = new AsyncDisposableStack();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kcp-access-'));
  owned.defer(() => rm(folder, { recursive: true, force: true }));
  const tokenAuthFile = join(folder, 'tokens.csv');
  await writeFile(tokenAuthFile, 'jane-token,jane,1,"team"\njoe-token,joe,2,""\n');
  server = owned.use(await start({ freezesObjects: true, tokenAuthFile }));
  await createWorkspace(await adminOf(server, 'root'), 'org', 'organization');
  org = await adminOf(server, 'root:org');
  await grant(org, 'cluster-admin', { kind: 'User', name: 'jane' });
  await grant(org, 'view', { kind: 'User', name: 'joe' });
});
afterAll(() => owned.disposeAsync());

const jane = (cluster = 'root:org'): LoopbackClient => server.clientOf('jane-token', cluster);

describe('administrators of a workspace', () => {
  it('may do what root permits consumers of its kinds, and no more', async () => {
    await createWorkspace(jane(), 'mine');
    expect(await jane().get(`${WORKSPACES}/mine`)).toMatchObject({ status: { phase: 'Ready' } });
    await expect(
      jane().request(`${WORKSPACES}/mine/status`, {
        method: 'PATCH',
        body: { status: { phase: 'Scheduling' } },
        contentType: 'application/merge-patch+json',
      }),
    ).rejects.toMatchObject({ code: 403, message: expect.stringMatching(/access denied$/) });
    expect(await org.get(`${WORKSPACES}/mine/status`)).toMatchObject({ status: { phase: 'Ready' } });
  });
});

describe('required groups', () => {
  const CLUSTER = '/apis/core.kcp.io/v1alpha1/logicalclusters/cluster';
  const require = (client: LoopbackClient, groups: string | null): Promise<JsonObject> =>
    client.patch(CLUSTER, { metadata: { annotations: { 'authorization.kcp.io/required-groups': groups } } });

  it('keep out administrators of the workspace as well, who cannot change that', async () => {
    await createWorkspace(await adminOf(server, 'root'), 'guarded');
    const admin = await adminOf(server, 'root:guarded');
    await grant(admin, 'cluster-admin', { kind: 'User', name: 'jane' });
    const guarded = jane('root:guarded');
    await require(admin, 'team');
    await expect(require(guarded, null)).rejects.toMatchObject({
      code: 403,
      message: expect.stringContaining('annotation authorization.kcp.io/required-groups is for system administrators'),
    });
    await guarded.patch(CLUSTER, { metadata: { labels: { a: 'b' } } });
    await require(admin, 'team,others');
    await expect(guarded.get(CLUSTER)).rejects.toMatchObject({
      code: 403,
      message: expect.stringMatching(/access denied$/),
    });
    await require(admin, null);
    expect(await guarded.get(CLUSTER)).toMatchObject({ kind: 'LogicalCluster' });
  });
});

const review = (user: string, verb = 'list', where: { readonly namespace?: string } = {}): JsonObject => ({
  spec: { user, groups: ['system:authenticated'], resourceAttributes: { verb, resource: 'configmaps', ...where } },
});

describe('access reviews', () => {
  const deep = { 'x-kcp-internal-deep-subjectaccessreview': 'true' };
  const ask = (client: LoopbackClient, object: JsonObject, headers = {}): Promise<JsonObject> =>
    client.api.request(REVIEWS, { method: 'POST', body: object, headers });

  it('say what somebody may, who has to be let in', async () => {
    const refused = { status: { allowed: false, reason: 'access denied' } };
    expect(await ask(org, review('jim'))).toMatchObject(refused);
    await grant(org, 'view', { kind: 'User', name: 'jim' });
    expect(await ask(org, review('jim'))).toMatchObject(refused);
    await grant(org, ACCESS, { kind: 'User', name: 'jim' });
    expect(await ask(org, review('jim'))).toMatchObject({ status: { allowed: true, reason: 'access granted' } });
  });

  it('say to masters, where they ask for it, what somebody could, were they in', async () => {
    const master = server.client('root:org');
    expect(await ask(master, review('joe'))).toMatchObject({ status: { allowed: false } });
    expect(await ask(master, review('joe'), deep)).toMatchObject({ status: { allowed: true } });
    expect(await ask(master, review('joe', 'delete'), deep)).toMatchObject({ status: { allowed: false } });
    const local = REVIEWS.replace('subjectaccessreviews', 'namespaces/default/localsubjectaccessreviews');
    const inside = review('joe', 'list', { namespace: 'default' });
    const answer = master.api.request(local, { method: 'POST', body: inside, headers: deep });
    expect(await answer).toMatchObject({ status: { allowed: false } });
  });

  it('do not answer others deeply', async () => {
    expect(await ask(org, review('joe'), deep)).toMatchObject({ status: { allowed: false } });
  });
});

describe('a refusal', () => {
  /** The Warning header of a refused request as it goes over the network. */
  async function warningOf(token: string, path: string, headers: Record<string, string> = {}) {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const authorization = `Bearer ${token}`;
    get(
      `${server.url}${path}`,
      { ca: server.certificateAuthority, headers: { authorization, ...headers } },
      resolve,
    ).on('error', reject);
    const response = await promise;
    response.resume();
    return { code: response.statusCode, warning: response.headers['warning'] };
  }

  it('tells administrators which step refused what, and where', async () => {
    const admin = tokenOfUser(await readFile(server.kubeconfig, 'utf8'), 'kcp-admin') ?? '';
    expect(await warningOf(admin, '/clusters/nosuch/api/v1/namespaces/default/configmaps/m')).toEqual({
      code: 403,
      warning:
        '299 - "get configmaps default/m in logical cluster \\"nosuch\\" was refused by 01-requiredgroups: logical cluster not found"',
    });
    const cluster = await clusterOf(org);
    const asJoe = { 'impersonate-user': 'joe', 'impersonate-group': 'system:authenticated' };
    expect(await warningOf(admin, '/clusters/root:org/version', asJoe)).toEqual({
      code: 403,
      warning: `299 - "get /version in logical cluster \\"${cluster}\\" was refused by 02-content: no verb=access permission on /"`,
    });
  });

  it('tells others nothing', async () => {
    expect(await warningOf('joe-token', '/clusters/root:org/version')).toEqual({ code: 403, warning: undefined });
    expect(await warningOf('jane-token', '/clusters/nosuch/version')).toEqual({ code: 403, warning: undefined });
  });
});
