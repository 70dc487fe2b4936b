import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { objectAt, textAt } from '@kcp/api-machinery';
import { startTestServer, type TestServer } from '@kcp/testing';
import { logicalCluster, namesIn, workspaces } from './fixture.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ homeCreatorGroups: ['team-1'] });
});
afterAll(async () => server[Symbol.asyncDispose]());

const home = `${workspaces}/~`;
const bindings = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';

describe('a home', () => {
  it('is made when its user first asks, is ready at once and is theirs', async () => {
    using user = server.wire('root', 'user-1');
    const { status, object } = await user.request(home);
    expect(status).toBe(200);
    const cluster = '285xjbwx8vocb';
    const { name, creationTimestamp } = objectAt(object, 'metadata');
    expect(name).toBe('cluster');
    expect(creationTimestamp).toMatch(/^\d{4}-/);
    expect(objectAt(object, 'spec')).toEqual({ cluster, URL: `${server.url}/clusters/${cluster}` });
    expect(textAt(objectAt(object, 'status'), 'phase')).toBe('Ready');
    using inside = server.wire('user:user-1', 'user-1');
    expect(namesIn(await inside.request('/api/v1/namespaces'))).toEqual(['default', 'kube-system']);
    expect(namesIn(await inside.request(bindings))).toContain('workspace-admin');
    const { annotations } = objectAt((await inside.request(logicalCluster)).object, 'metadata');
    expect(annotations).toMatchObject({ 'kcp.io/path': 'user:user-1', 'internal.tenancy.kcp.io/type': 'root:home' });
    expect((await user.request(home)).object.metadata).toEqual({ name, creationTimestamp });
  });

  it('is made once, however many ask at a time', async () => {
    using admin = server.wire('root');
    const as = { 'impersonate-user': 'many', 'impersonate-group': 'team-1' };
    const answers = await Promise.all(Array.from({ length: 8 }, () => admin.request(home, { headers: as })));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
  });

  it('has workspaces below it, which are reached by its path', async () => {
    using user = server.wire('root', 'user-1');
    await user.request(home);
    using inside = server.wire('user:user-1', 'user-1');
    const type = { name: 'universal', path: 'root' };
    const body = {
      apiVersion: 'tenancy.kcp.io/v1alpha1',
      kind: 'Workspace',
      metadata: { name: 'below' },
      spec: { type },
    };
    const made = await inside.request(workspaces, { method: 'POST', body });
    expect([made.status, made.text]).toEqual([201, expect.any(String)]);
    using below = server.wire('user:user-1:below', 'user-1');
    const { annotations } = objectAt((await below.request(logicalCluster)).object, 'metadata');
    expect(annotations).toMatchObject({ 'kcp.io/path': 'user:user-1:below' });
  });

  it('is not made for who may not, in the words of the original, and nobody else gets in', async () => {
    using other = server.wire('root', 'user-2');
    const { status, object } = await other.request(home);
    expect([status, textAt({ ...object }, 'message')]).toEqual([
      403,
      'workspaces.tenancy.kcp.io "~" is forbidden: User "user-2" cannot create resource "workspaces" in API group "tenancy.kcp.io" at the cluster scope: workspace access not permitted',
    ]);
    using first = server.wire('root', 'user-1');
    await first.request(home);
    using theirs = server.wire('user:user-1', 'user-2');
    expect((await theirs.request('/api/v1/namespaces')).status).toBe(403);
    using nowhere = server.wire('user:user-2', 'user-2');
    expect((await nowhere.request('/api/v1/namespaces')).status).toBe(404);
  });

  it('is for who shows who they are', async () => {
    using anybody = server.wire('root');
    expect((await anybody.request(home, { headers: { authorization: 'Bearer nonsense' } })).status).toBe(401);
  });

  it('is only read by that name, and in root', async () => {
    using user = server.wire('root', 'user-1');
    expect((await user.request(home, { method: 'DELETE' })).status).toBe(403);
    using inside = server.wire('user:user-1', 'user-1');
    expect((await inside.request(home)).status).toBe(404);
  });
});
