import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isArray, isObject, objectAt, objectsAt, textAt, type JsonObject } from '@kcp/api-machinery';
import { startTestServer, type TestServer } from '@kcp/testing';
import { makeWorkspace } from './fixture.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await makeWorkspace(server, 'root', { name: 'org', type: { name: 'organization', path: 'root' } });
});
afterAll(async () => server[Symbol.asyncDispose]());

const sets = '/apis/topology.kcp.io/v1alpha1/partitionsets';
const partitions = '/apis/topology.kcp.io/v1alpha1/partitions';
const shards = '/apis/core.kcp.io/v1alpha1/shards';

async function shard(name: string, labels: JsonObject): Promise<void> {
  const annotations = { 'experimental.core.kcp.io/unschedulable': 'true' };
  const head = { apiVersion: 'core.kcp.io/v1alpha1', kind: 'Shard' };
  const spec = { baseURL: 'https://base.example.com' };
  await server.client('root').create(shards, { ...head, metadata: { name, labels, annotations }, spec });
}

async function partition(name: string, spec: JsonObject): Promise<void> {
  const head = { apiVersion: 'topology.kcp.io/v1alpha1', kind: 'PartitionSet' };
  await server.client('root:org').create(sets, { ...head, metadata: { name }, spec });
}

/** Waits until a set says that it is done, with so many partitions. */
async function whenCounted(name: string, count: number): Promise<void> {
  const query = { fieldSelector: `metadata.name=${name}` };
  for await (const { object } of server.client('root:org').watch(sets, query, AbortSignal.timeout(20_000))) {
    const status = objectAt(objectAt({ object: object ?? {} }, 'object'), 'status');
    const isDone = objectsAt(status, 'conditions').every((condition) => textAt(condition, 'status') === 'True');
    if (isDone && status['count'] === count) return;
  }
  throw new Error(`${name} did not come to ${count}`);
}

/** The labels of all partitions of a set. */
async function labelsOf(set: string): Promise<readonly JsonObject[]> {
  const { items } = await server.client('root:org').get(partitions);
  const found = items !== undefined && isArray(items) ? items.filter(isObject) : [];
  return found
    .filter((item) => textAt(objectAt(item, 'metadata'), 'name').startsWith(`${set}-`))
    .map((item) => objectAt(objectAt(objectAt(item, 'spec'), 'selector'), 'matchLabels'));
}

describe('a partition set', () => {
  it('has a partition for every group of shards, and follows them', async () => {
    const shardSelector = { matchExpressions: [{ key: 'excluded', operator: 'DoesNotExist' }] };
    await partition('regions', { dimensions: ['region'], shardSelector });
    await whenCounted('regions', 0);
    await shard('one', { region: 'east' });
    await whenCounted('regions', 1);
    await shard('two', { region: 'west' });
    await whenCounted('regions', 2);
    expect(new Set((await labelsOf('regions')).map((labels) => labels['region']))).toEqual(new Set(['east', 'west']));
    await server.client('root').patch(`${shards}/two`, { metadata: { labels: { region: 'east' } } });
    await whenCounted('regions', 1);
    expect(await labelsOf('regions')).toEqual([{ region: 'east' }]);
    await server.client('root').patch(`${shards}/one`, { metadata: { labels: { excluded: 'yes' } } });
    await server.client('root').delete(`${shards}/two`);
    await whenCounted('regions', 0);
    expect(await labelsOf('regions')).toEqual([]);
  });

  it('makes a partition again that somebody takes away', async () => {
    await shard('three', { zone: 'a' });
    await partition('zones', { dimensions: ['zone'] });
    await whenCounted('zones', 1);
    const client = server.client('root:org');
    const { items } = await client.get(partitions);
    const names = (items !== undefined && isArray(items) ? items.filter(isObject) : []).map((item) =>
      textAt(objectAt(item, 'metadata'), 'name'),
    );
    const name = names.find((each) => each.startsWith('zones-a-')) ?? '';
    await client.delete(`${partitions}/${name}`);
    for await (const { type, object } of client.watch(partitions, {}, AbortSignal.timeout(20_000))) {
      const made = textAt(objectAt(objectAt({ object: object ?? {} }, 'object'), 'metadata'), 'name');
      if (type === 'ADDED' && made.startsWith('zones-a-') && made !== name) break;
    }
    expect(await labelsOf('zones')).toEqual([{ zone: 'a' }]);
  });
});

describe('a shard', () => {
  it('says where it is reached, if nothing else where it is', async () => {
    await shard('plain', {});
    const { spec } = await server.client('root').get(`${shards}/plain`);
    const url = 'https://base.example.com';
    expect(spec).toEqual({ baseURL: url, externalURL: url, virtualWorkspaceURL: url });
    const head = { apiVersion: 'core.kcp.io/v1alpha1', kind: 'Shard', metadata: { name: 'nowhere' } };
    await expect(server.client('root').create(shards, { ...head, spec: { baseURL: '' } })).rejects.toThrow(
      'spec.baseURL is required',
    );
  });

  it('that serves virtual workspaces elsewhere is told by every workspace type', async () => {
    const types = '/apis/tenancy.kcp.io/v1alpha1/workspacetypes';
    const client = server.client('root:org');
    const head = { apiVersion: 'tenancy.kcp.io/v1alpha1', kind: 'WorkspaceType', metadata: { name: 'careful' } };
    await client.create(types, { ...head, spec: { initializer: true } });
    await shard('far', {});
    const whenServedAt = async (url: string): Promise<void> => {
      const query = { fieldSelector: 'metadata.name=careful' };
      for await (const { object } of client.watch(types, query, AbortSignal.timeout(20_000))) {
        const status = objectAt(objectAt({ object: object ?? {} }, 'object'), 'status');
        const served = objectsAt(status, 'virtualWorkspaces').map((each) => textAt(each, 'url'));
        if (served.some((each) => each.startsWith(`${url}/services/initializingworkspaces/`))) return;
      }
      throw new Error(`not served at ${url}`);
    };
    await whenServedAt('https://base.example.com');
    await server
      .client('root')
      .patch(`${shards}/far`, { spec: { virtualWorkspaceURL: 'https://elsewhere.example.com' } });
    await whenServedAt('https://elsewhere.example.com');
  });
});
