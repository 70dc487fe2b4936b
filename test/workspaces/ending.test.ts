import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isObject, objectAt, textAt, type JsonObject } from '@kcp/api-machinery';
import { hookServer, type HookReply, type HookServer } from '@kcp/outbound/testing';
import { startTestServer, type TestServer } from '@kcp/testing';
import { gone, makeWorkspace, until, workspaces } from './fixture.ts';

let server: TestServer;
let hook: HookServer;
/** What happens while a create waits for its webhook. */
let meanwhile: () => Promise<void> = async () => {};
beforeAll(async () => {
  server = await startTestServer();
  hook = await hookServer(allowed);
});
afterAll(async () => {
  await hook[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function allowed({ kind, apiVersion, request }: JsonObject): Promise<HookReply> {
  await meanwhile();
  const uid = request !== undefined && isObject(request) ? (request['uid'] ?? '') : '';
  return { body: { kind, apiVersion, response: { uid, allowed: true } } as JsonObject };
}

const maps = '/api/v1/namespaces/default/configmaps';
const roles = '/apis/rbac.authorization.k8s.io/v1/clusterroles';

/** A webhook that is asked about what is created with a label. */
async function waitForHook(path: string): Promise<void> {
  await server.client(path).create('/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations', {
    metadata: { name: 'slow' },
    webhooks: [
      {
        name: 'slow.example.com',
        clientConfig: hook.clientConfig('/admit'),
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        rules: [
          { operations: ['CREATE'], apiGroups: ['*'], apiVersions: ['*'], resources: ['configmaps', 'clusterroles'] },
        ],
        objectSelector: { matchLabels: { slow: 'yes' } },
        timeoutSeconds: 30,
      },
    ],
  });
}

async function workspace(name: string): Promise<string> {
  const made = await makeWorkspace(server, 'root', { name, type: { name: 'organization', path: 'root' } });
  return textAt(objectAt(made, 'spec'), 'cluster');
}

describe('what is created in a workspace that is deleted meanwhile', () => {
  it.each([
    ['namespaced', maps],
    ['of the whole workspace', roles],
  ])('is refused and leaves nothing behind: %s', async (kind, path) => {
    const name = `race-${kind.length}`;
    const cluster = await workspace(name);
    await waitForHook(cluster);
    meanwhile = async () => {
      meanwhile = async () => {};
      await server.client('root').delete(`${workspaces}/${name}`);
      await gone(server, 'root', name);
    };
    const late = server.client(cluster).create(path, { metadata: { name: 'late', labels: { slow: 'yes' } } });
    await expect(late).rejects.toMatchObject({ code: expect.any(Number) });
    const left = await server.client(cluster).get(path.replace('/namespaces/default', ''));
    expect(left['items']).toEqual([]);
  });

  it('is refused as long as something holds it, so that it ends', async () => {
    const cluster = await workspace('closing');
    const inside = server.client(cluster);
    await inside.create(maps, { metadata: { name: 'kept', finalizers: ['example.com/hold'] } });
    await server.client('root').delete(`${workspaces}/closing`);
    await until(server, 'root', 'closing', (object) => textAt(objectAt(object, 'status'), 'phase') === 'Deleting');
    await expect(inside.create(roles, { metadata: { name: 'late' } })).rejects.toMatchObject({
      code: 403,
      message: expect.stringContaining('it is being terminated'),
    });
    await inside.patch(`${maps}/kept`, { metadata: { finalizers: null } });
    await gone(server, 'root', 'closing');
  });
});

describe('a workspace that is deleted as soon as it is made', () => {
  it('leaves no logical cluster behind', async () => {
    const head = { apiVersion: 'tenancy.kcp.io/v1alpha1', kind: 'Workspace' };
    const root = server.client('root');
    const names = Array.from({ length: 10 }, (_, index) => `brief-${index}`);
    for (const name of names) {
      await root.create(workspaces, {
        ...head,
        metadata: { name },
        spec: { type: { name: 'organization', path: 'root' } },
      });
      await root.delete(`${workspaces}/${name}`);
    }
    using all = server.wire('*');
    const left = async (): Promise<string> => (await all.request('/apis/core.kcp.io/v1alpha1/logicalclusters')).text;
    const signal = AbortSignal.timeout(20_000);
    for (let rest = await left(); names.some((name) => rest.includes(`"name":"${name}"`)); rest = await left())
      signal.throwIfAborted();
  });
});

describe('what nothing serves any more', () => {
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const widgets = '/apis/example.com/v1/widgets';
  const names = { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' };
  const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } };
  const definition = {
    metadata: { name: 'widgets.example.com' },
    spec: { group: 'example.com', scope: 'Cluster', names, versions: [version] },
  };

  async function define(path: string): Promise<void> {
    const client = server.client(path);
    await client.create(definitions, definition);
    const signal = AbortSignal.timeout(20_000);
    for await (const { object } of client.watch(definitions, {}, signal))
      if (/"type":"Established"/.test(JSON.stringify(object))) return;
  }

  it('goes with the workspace: objects of a kind that was inherited, though somebody holds them', async () => {
    await workspace('giver');
    await define('root:giver');
    const spec = { name: 'heir', type: { name: 'organization', path: 'root' }, inheritFrom: 'root:giver' };
    const cluster = textAt(objectAt(await makeWorkspace(server, 'root', spec), 'spec'), 'cluster');
    const metadata = { name: 'left', finalizers: ['example.com/hold'] };
    await server.client(cluster).create(widgets, { apiVersion: 'example.com/v1', kind: 'Widget', metadata });
    await server.client('root').patch(`${workspaces}/heir`, { spec: { inheritFrom: null } });
    await server.client('root').delete(`${workspaces}/heir`);
    await gone(server, 'root', 'heir');
    // whoever defines the kind there again finds nothing
    await define(cluster);
    expect((await server.client(cluster).get(widgets))['items']).toEqual([]);
  });
});

describe('a logical cluster that was never made', () => {
  it('is written into by masters as before', async () => {
    const client = server.client('nobodys');
    await client.create(roles, { metadata: { name: 'mine' } });
    expect(textAt(objectAt(await client.get(`${roles}/mine`), 'metadata'), 'name')).toBe('mine');
  });
});
