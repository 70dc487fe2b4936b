import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { objectAt, textAt, type JsonObject } from '@kcp/api-machinery';
import { startTestServer, type TestServer } from '@kcp/testing';
import { makeWorkspace, namesIn, until, workspaces } from './fixture.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ featureGates: { WorkspaceMounts: true } });
  const type = { name: 'organization', path: 'root' };
  await makeWorkspace(server, 'root', { name: 'destination', type });
  await makeWorkspace(server, 'root', { name: 'source', type });
  await define('root:source');
});
afterAll(async () => server[Symbol.asyncDispose]());

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const clusters = '/apis/contrib.kcp.io/v1alpha1/kubeclusters';
const maps = '/api/v1/namespaces/default/configmaps';

async function define(path: string): Promise<void> {
  const client = server.client(path);
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const version = { name: 'v1alpha1', served: true, storage: true, schema, subresources: { status: {} } };
  const names = { plural: 'kubeclusters', singular: 'kubecluster', kind: 'KubeCluster', listKind: 'KubeClusterList' };
  await client.create(definitions, {
    metadata: { name: 'kubeclusters.contrib.kcp.io' },
    spec: { group: 'contrib.kcp.io', scope: 'Cluster', names, versions: [version] },
  });
  for await (const { object } of client.watch(definitions, {}, AbortSignal.timeout(20_000)))
    if (/"type":"Established"/.test(JSON.stringify(object))) return;
}

/** Makes what can be mounted. */
async function mountable(name: string): Promise<void> {
  const object = { apiVersion: 'contrib.kcp.io/v1alpha1', kind: 'KubeCluster', metadata: { name } };
  await server.client('root:source').create(clusters, object);
}

async function say(name: string, status: JsonObject): Promise<void> {
  const [path, contentType] = [`${clusters}/${name}/status`, 'application/merge-patch+json'];
  await server.client('root:source').request(path, { method: 'PATCH', body: { status }, contentType });
}

async function mount(name: string, target: string): Promise<void> {
  const ref = { apiVersion: 'contrib.kcp.io/v1alpha1', kind: 'KubeCluster', name: target };
  const head = { apiVersion: 'tenancy.kcp.io/v1alpha1', kind: 'Workspace' };
  await server.client('root:source').create(workspaces, { ...head, metadata: { name }, spec: { mount: { ref } } });
}

const isIn = (phase: string) => (object: JsonObject) => textAt(objectAt(object, 'status'), 'phase') === phase;
const whenIn = (name: string, phase: string) =>
  until(server, 'root:source', name, (object) => isIn(phase)({ ...object }));

describe('a mounted workspace', () => {
  it('is what is served elsewhere as long as the mount is there', async () => {
    await mount('mounted', 'one');
    const missing = await whenIn('mounted', 'Unavailable');
    expect(objectAt({ ...missing }, 'status')['conditions']).toMatchObject([
      {
        type: 'WorkspaceMountReady',
        status: 'False',
        severity: 'Error',
        reason: 'MountObjectNotFound',
        message: 'KubeCluster "/one" not found',
      },
    ]);
    await mountable('one');
    const URL = `${server.url}/clusters/root:destination`;
    await say('one', { phase: 'Ready', URL });
    const ready = await whenIn('mounted', 'Ready');
    expect(objectAt({ ...ready }, 'spec')).toMatchObject({ URL });
    using there = server.wire('root:source:mounted');
    const made = await there.request(maps, { method: 'POST', body: { metadata: { name: 'through' } } });
    expect(made.status).toBe(201);
    using direct = server.wire('root:destination');
    expect(namesIn(await direct.request(maps))).toContain('through');
    expect((await there.request(`${maps}?fieldSelector=metadata.name%3Dnobody`)).object['items']).toEqual([]);

    await say('one', { phase: 'Connecting' });
    const lost = await whenIn('mounted', 'Unavailable');
    expect(JSON.stringify(lost)).toContain(
      'Mount is not reporting ready. See KubeCluster \\"one\\" status for more details',
    );
    const refused = await there.request(maps);
    expect([refused.status, refused.text]).toEqual([503, 'Not available.\n']);
    await say('one', { phase: 'Ready' });
    await whenIn('mounted', 'Ready');
    expect((await there.request(maps)).status).toBe(200);
  });

  it('asks who it is there: credentials go on, what others say of them does not', async () => {
    await mountable('two');
    await say('two', { phase: 'Ready', URL: `${server.url}/clusters/root:destination` });
    await mount('guarded', 'two');
    await whenIn('guarded', 'Ready');
    using stranger = server.wire('root:source:guarded', 'user-1');
    expect((await stranger.request(maps)).status).toBe(403);
    const headers = { 'x-remote-user': 'admin', 'x-remote-group': 'system:masters' };
    expect((await stranger.request(maps, { headers })).status).toBe(403);
  });

  it('streams what is watched', async () => {
    await mountable('three');
    await say('three', { phase: 'Ready', URL: `${server.url}/clusters/root:destination` });
    await mount('watched', 'three');
    await whenIn('watched', 'Ready');
    const watching = server.client('root:source:watched');
    const seen: string[] = [];
    for await (const { object } of watching.watch(maps, {}, AbortSignal.timeout(20_000))) {
      seen.push(textAt(objectAt({ object: object ?? {} }, 'object'), 'kind'));
      if (JSON.stringify(object).includes('"name":"seen"')) break;
      if (seen.length === 1) await server.client('root:destination').create(maps, { metadata: { name: 'seen' } });
    }
    expect(seen.length).toBeGreaterThan(1);
  });

  it('leads nowhere further down, nor in circles, nor to what cannot be reached', async () => {
    await mountable('four');
    await say('four', { phase: 'Ready', URL: `${server.url}/clusters/root:source:ring` });
    await mount('ring', 'four');
    await whenIn('ring', 'Ready');
    using ring = server.wire('root:source:ring');
    expect((await ring.request(maps)).status).toBe(508);
    using below = server.wire('root:source:ring:below');
    expect((await below.request(maps)).status).toBe(404);
    await say('four', { URL: 'https://127.0.0.1:9' });
    await until(server, 'root:source', 'ring', (object) => JSON.stringify(object).includes('127.0.0.1:9'));
    const unreachable = await ring.request(maps);
    expect([unreachable.status, unreachable.text]).toEqual([502, 'The mounted workspace cannot be reached.\n']);
  });

  it('goes at once: what is mounted stays', async () => {
    await mountable('five');
    await say('five', { phase: 'Ready', URL: `${server.url}/clusters/root:destination` });
    await mount('leaves', 'five');
    await whenIn('leaves', 'Ready');
    await server.client('root:source').delete(`${workspaces}/leaves`);
    using left = server.wire('root:source:leaves');
    expect((await left.request(maps)).status).toBe(404);
    expect((await server.client('root:source').get(`${clusters}/five`))['kind']).toBe('KubeCluster');
  });
});
