import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { objectAt, textAt } from '@kcp/api-machinery';
import { startTestServer, type TestServer } from '@kcp/testing';
import { gone, kcpAdmin, logicalCluster, makeWorkspace, namesIn, until, workspaces } from './fixture.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const namespaces = '/api/v1/namespaces';
const kind = { apiVersion: 'tenancy.kcp.io/v1alpha1', kind: 'Workspace' };

describe('a workspace', () => {
  it('is reached by its path and by the name of its logical cluster, and is its own', async () => {
    const made = await makeWorkspace(server, 'root', { name: 'own', type: { name: 'organization', path: 'root' } });
    const cluster = textAt(objectAt(made, 'spec'), 'cluster');
    expect(cluster).toMatch(/^[a-z0-9]{16}$/);
    expect(textAt(objectAt(made, 'spec'), 'URL')).toBe(`${server.url}/clusters/root:own`);
    using byPath = kcpAdmin(server, 'root:own');
    using byName = kcpAdmin(server, cluster);
    const [one, other] = await Promise.all([byPath.request(namespaces), byName.request(namespaces)]);
    expect(namesIn(one)).toEqual(['default', 'kube-system']);
    expect(other.object).toEqual(one.object);
    const { object } = await byPath.request(logicalCluster);
    expect(objectAt(objectAt(object, 'metadata'), 'annotations')['kcp.io/path']).toBe('root:own');
  });

  it('serves workspaces itself, so that there is a tree', async () => {
    await makeWorkspace(server, 'root', { name: 'tree', type: { name: 'organization', path: 'root' } });
    await makeWorkspace(server, 'root:tree', { name: 'branch' });
    const leaf = await makeWorkspace(server, 'root:tree:branch', { name: 'leaf' });
    expect(textAt(objectAt(leaf, 'spec'), 'URL')).toMatch(/root:tree:branch:leaf$/);
    using admin = kcpAdmin(server, 'root:tree:branch');
    expect(namesIn(await admin.request(workspaces))).toEqual(['leaf']);
  });

  it('goes with everything below it', async () => {
    await makeWorkspace(server, 'root', { name: 'falls', type: { name: 'organization', path: 'root' } });
    const below = await makeWorkspace(server, 'root:falls', { name: 'below' });
    const cluster = textAt(objectAt(below, 'spec'), 'cluster');
    await server.client(cluster).create('/api/v1/namespaces/default/configmaps', { metadata: { name: 'left' } });
    await server.client('root').delete(`${workspaces}/falls`);
    await gone(server, 'root', 'falls');
    using admin = kcpAdmin(server, 'root:falls:below');
    expect((await admin.request(namespaces)).status).toBe(404);
    for (const kind of ['configmaps', 'namespaces', 'secrets', 'serviceaccounts'])
      expect((await server.client(cluster).get(`/api/v1/${kind}`))['items']).toEqual([]);
  });

  it('waits for what somebody holds in it, says so, and goes then', async () => {
    await makeWorkspace(server, 'root', { name: 'held', type: { name: 'organization', path: 'root' } });
    const inside = server.client('root:held');
    const map = '/api/v1/namespaces/default/configmaps';
    await inside.create(map, { metadata: { name: 'kept', finalizers: ['example.com/hold'] } });
    await server.client('root').delete(`${workspaces}/held`);
    const told = await until(server, 'root', 'held', (object) =>
      JSON.stringify(object).includes('example.com/hold in 1 resource instances'),
    );
    expect(textAt(objectAt(told, 'status'), 'phase')).toBe('Deleting');
    await inside.patch(`${map}/kept`, { metadata: { finalizers: null } });
    await gone(server, 'root', 'held');
  });

  it('made by system:masters is ready too', async () => {
    await server.client('root').create(workspaces, { ...kind, metadata: { name: 'masters' }, spec: {} });
    const made = await until(
      server,
      'root',
      'masters',
      (object) => textAt(objectAt(object, 'status'), 'phase') === 'Ready',
    );
    expect(objectAt(objectAt(made, 'spec'), 'type')).toEqual({ name: 'organization', path: 'root' });
  });
});

describe('what a workspace inherits', () => {
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  };
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const widgets = '/apis/example.com/v1/namespaces/default/widgets';

  it('are kinds, not objects, and they are served at the next request', async () => {
    await makeWorkspace(server, 'root', { name: 'source', type: { name: 'organization', path: 'root' } });
    await makeWorkspace(server, 'root', {
      name: 'heir',
      type: { name: 'organization', path: 'root' },
      inheritFrom: 'root:source',
    });
    const [source, heir] = [server.client('root:source'), server.client('root:heir')];
    await source.create(definitions, definition);
    const signal = AbortSignal.timeout(20_000);
    for await (const { object } of source.watch(definitions, {}, signal)) {
      if (
        JSON.stringify(object).includes('"Established","status":"True"') ||
        /"status":"True","type":"Established"/.test(JSON.stringify(object))
      )
        break;
    }
    await source.create(widgets, { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'theirs' } });
    await heir.create(widgets, { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'ours' } });
    using wire = server.wire('root:heir');
    expect(namesIn(await wire.request(widgets))).toEqual(['ours']);
    expect(namesIn(await wire.request(definitions))).toEqual([]);
    expect((await wire.request('/apis/example.com/v1')).text).toContain('"name":"widgets"');
    expect((await wire.request('/openapi/v3')).text).toContain('apis/example.com/v1');
    await server.client('root').patch(`${workspaces}/heir`, { spec: { inheritFrom: null } });
    expect((await wire.request(widgets)).status).toBe(404);
  });

  it('is refused to who may not read the source, in words that do not tell whether it is there', async () => {
    using admin = kcpAdmin(server, 'root');
    const as = { 'impersonate-user': 'guest', 'impersonate-group': 'system:authenticated' };
    const rules = [
      { verbs: ['create'], apiGroups: ['tenancy.kcp.io'], resources: ['workspaces'] },
      { verbs: ['access'], nonResourceURLs: ['/'] },
    ];
    const rbac = '/apis/rbac.authorization.k8s.io/v1';
    await server.client('root').create(`${rbac}/clusterroles`, { metadata: { name: 'makes' }, rules });
    await server.client('root').create(`${rbac}/clusterrolebindings`, {
      metadata: { name: 'makes' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'makes' },
      subjects: [{ kind: 'User', name: 'guest', apiGroup: 'rbac.authorization.k8s.io' }],
    });
    const refusals: string[] = [];
    for (const inheritFrom of ['root:source', 'root:nosuch']) {
      const answer = await admin.request(workspaces, {
        method: 'POST',
        headers: as,
        body: { ...kind, metadata: { name: 'spy' }, spec: { inheritFrom } },
      });
      refusals.push(`${answer.status} ${textAt(answer.object, 'message').replace(inheritFrom, '…')}`);
    }
    expect(refusals[0]).toContain('403 workspaces.tenancy.kcp.io "spy" is forbidden: spec.inheritFrom');
    expect(refusals[1]).toBe(refusals[0]);
  });
});
