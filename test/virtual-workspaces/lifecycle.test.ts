import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import {
  LOGICAL_CLUSTERS,
  namesIn,
  objectOf,
  startSurfaces,
  textIn,
  told,
  TYPES,
  type SurfaceServer,
} from './fixture.ts';

let surfaces: SurfaceServer;
let waiting: string;

const MERGE = { method: 'PATCH', contentType: 'application/merge-patch+json' } as const;

beforeAll(async () => {
  surfaces = await startSurfaces();
  const client = surfaces.server.client('root');
  const rules = [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['configmaps'] }];
  const types: Readonly<Record<string, JsonObject>> = {
    fast: { initializer: true, terminator: true },
    lone: { initializer: true },
    ruled: { initializer: true, initializerPermissions: rules },
  };
  for (const [name, spec] of Object.entries(types))
    await client.create(TYPES, { ...objectOf('tenancy.kcp.io/v1alpha1', 'WorkspaceType', name), spec });
  await surfaces.grantOnType('user-1', 'initialize', 'fast');
  await surfaces.grantOnType('user-1', 'terminate', 'fast');
  await surfaces.grantOnType('user-1', 'initialize', 'ruled');
  await surfaces.grantOnType('user-1', 'initialize', 'lone');
  await surfaces.mayMake('user-3');
  waiting = await surfaces.ownWorkspace('user-3', 'waits', 'fast');
});
afterAll(async () => {
  await surfaces[Symbol.asyncDispose]();
});

const at = (cluster: string, name = 'root:fast', surface = 'initializing'): string =>
  `/services/${surface}workspaces/${name}/clusters/${cluster}`;

describe('workspaces that wait for an initializer', () => {
  it('are listed for who may initialize their type, and for nobody else', async () => {
    const mine = await surfaces.ask('user-1', `${at('*')}${LOGICAL_CLUSTERS}`);
    expect([mine.status, namesIn(mine)]).toEqual([200, ['cluster']]);
    const others = await surfaces.ask('user-2', `${at('*')}${LOGICAL_CLUSTERS}`);
    expect(others.status).toBe(403);
  });

  it('show themselves one by one', async () => {
    const { status, object } = await surfaces.ask('user-1', `${at(waiting)}${LOGICAL_CLUSTERS}/cluster`);
    expect([status, textIn(object, 'metadata', 'annotations', 'kcp.io/cluster')]).toEqual([200, waiting]);
    const root = await surfaces.ask('user-1', `${at('root')}${LOGICAL_CLUSTERS}/cluster`);
    expect(root.status).toBe(404);
  });

  it('can be told of as tables', async () => {
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const { object } = await surfaces.ask('user-1', `${at('*')}${LOGICAL_CLUSTERS}`, { headers: { accept } });
    expect(object['kind']).toBe('Table');
  });

  it('are found by discovery, and nothing else is', async () => {
    const groups = await surfaces.ask('user-1', `${at('*')}/apis`);
    expect(groups.text).not.toContain('tenancy.kcp.io');
    const { object } = await surfaces.ask('user-1', `${at('*')}/apis/core.kcp.io/v1alpha1`);
    expect(object['resources']).toMatchObject([
      { name: 'logicalclusters', verbs: ['get', 'list', 'watch'] },
      { name: 'logicalclusters/status', verbs: null },
    ]);
    expect((await surfaces.ask('user-1', `${at('*')}/api/v1`)).status).toBe(404);
    expect((await surfaces.ask('user-1', `${at('*')}/api/v1/namespaces`)).status).toBe(404);
  });

  it('cannot be made, changed or removed', async () => {
    const path = `${at(waiting)}${LOGICAL_CLUSTERS}`;
    const answers = await Promise.all([
      surfaces.ask('user-1', path, {
        method: 'POST',
        body: objectOf('core.kcp.io/v1alpha1', 'LogicalCluster', 'cluster'),
      }),
      surfaces.ask('user-1', `${path}/cluster`, { ...MERGE, body: { metadata: { labels: { a: 'b' } } } }),
      surfaces.ask('user-1', `${path}/cluster`, { method: 'DELETE' }),
      surfaces.ask('user-1', path, { method: 'DELETE' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([405, 405, 405, 405]);
  });

  it('are entered as their owner', async () => {
    const path = `${at(waiting)}/api/v1/namespaces`;
    const made = await surfaces.ask('user-1', path, { method: 'POST', body: objectOf('v1', 'Namespace', 'made') });
    expect(made.status).toBe(201);
    expect((await surfaces.ask('user-1', `/clusters/${waiting}/api/v1/namespaces`)).status).toBe(403);
  });

  it('that were made for nobody are entered by nobody', async () => {
    const cluster = await surfaces.workspace('root', 'nobodys', 'lone');
    const { status, object } = await surfaces.ask('user-1', `${at(cluster, 'root:lone')}/api/v1/namespaces`);
    expect([status, object['message']]).toEqual([
      403,
      'the workspace was made for nobody: there is no owner to act as',
    ]);
  });

  it('are entered as the controller itself where the type says which rules it needs', async () => {
    const cluster = await surfaces.workspace('root', 'ruled', 'ruled');
    const inside = at(cluster, 'root:ruled');
    expect((await surfaces.ask('user-1', `${inside}/api/v1/namespaces/default/configmaps`)).status).toBe(200);
    const secrets = await surfaces.ask('user-1', `${inside}/api/v1/namespaces/default/secrets`);
    expect([secrets.status, secrets.object['message']]).toEqual([
      403,
      'initializer "root:ruled" denied by initializerPermissions: no rule allows list on core/secrets in namespace default',
    ]);
  });

  it('lose the initializer, then are gone for it, and nothing else can be done to them', async () => {
    const cluster = await surfaces.workspace('root', 'passes', 'fast');
    const object = `${at(cluster)}${LOGICAL_CLUSTERS}/cluster`;
    using events = await surfaces.wire('user-1').watch(`${at('*')}${LOGICAL_CLUSTERS}?watch=1`);
    expect(told(await events.take(2))).toEqual(['ADDED cluster', 'ADDED cluster']);
    const wrong = await surfaces.ask('user-1', `${object}/status`, {
      ...MERGE,
      body: { status: { initializers: ['wrong'] } },
    });
    expect([wrong.status, wrong.object['message']]).toEqual([
      422,
      expect.stringContaining('only removing the "root:fast" initializer is supported'),
    ]);
    const ready = await surfaces.ask('user-1', `${object}/status`, { ...MERGE, body: { status: { phase: 'Ready' } } });
    expect(ready.status).toBe(422);
    const right = await surfaces.ask('user-1', `${object}/status`, {
      ...MERGE,
      body: { status: { initializers: [] } },
    });
    expect(right.status).toBe(200);
    expect(told(await events.take(1))).toEqual(['DELETED cluster']);
    expect((await surfaces.ask('user-1', object)).status).toBe(404);
    const again = await surfaces.ask('user-1', `${object}/status`, {
      ...MERGE,
      body: { status: { initializers: [] } },
    });
    expect(again.status).toBe(404);
    const content = await surfaces.ask('user-1', `${at(cluster)}/api/v1/namespaces`);
    expect([content.status, content.object['message']]).toEqual([
      403,
      'initializer "root:fast" cannot access this workspace',
    ]);
  });

  it('tell at once how far a watch has come', async () => {
    using events = await surfaces
      .wire('user-1')
      .watch(
        `${at('*', 'root:ruled')}${LOGICAL_CLUSTERS}?watch=1&resourceVersion=1&allowWatchBookmarks=true&labelSelector=none`,
      );
    expect((await events.take(1)).map(({ type }) => type)).toEqual(['BOOKMARK']);
  });

  it('keep out who initializes a type that is gone', async () => {
    await surfaces.server.client('root').create(TYPES, {
      ...objectOf('tenancy.kcp.io/v1alpha1', 'WorkspaceType', 'short'),
      spec: { initializer: true },
    });
    const cluster = await surfaces.workspace('root', 'orphan', 'short');
    await surfaces.server.client('root').delete(`${TYPES}/short`);
    const { status } = await surfaces.ask('admin', `${at(cluster, 'root:short')}/api/v1/namespaces`);
    expect(status).toBe(503);
  });
});

describe('workspaces that wait for a terminator', () => {
  it('are shown once they are being deleted, and go when it is done', async () => {
    const cluster = await surfaces.ownWorkspace('user-3', 'ends', 'fast');
    const list = `${at('*', 'root:fast', 'terminating')}${LOGICAL_CLUSTERS}`;
    const inside = at(cluster, 'root:fast', 'terminating');
    expect(namesIn(await surfaces.ask('user-1', list))).toEqual([]);
    expect((await surfaces.ask('user-1', `${inside}/api/v1/namespaces`)).status).toBe(403);
    using events = await surfaces.wire('user-1').watch(`${list}?watch=1`);
    await surfaces.server.client('root').delete('/apis/tenancy.kcp.io/v1alpha1/workspaces/ends');
    expect(told(await events.take(1))).toEqual(['ADDED cluster']);
    expect((await surfaces.ask('user-1', `${inside}/api/v1/namespaces`)).status).toBe(200);
    const gone = await surfaces.ask('user-1', `${inside}${LOGICAL_CLUSTERS}/cluster/status`, {
      ...MERGE,
      body: { status: { terminators: [] } },
    });
    expect(gone.status).toBe(200);
    for (;;) {
      const [event] = told(await events.take(1));
      if (event !== 'MODIFIED cluster') {
        expect(event).toBe('DELETED cluster');
        return;
      }
    }
  });
});
