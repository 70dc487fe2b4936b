import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { objectAt, textAt, type JsonObject } from '@kcp/api-machinery';
import { startTestServer, type TestServer } from '@kcp/testing';
import { gone, makeWorkspace, nameOf, until, workspaces } from './fixture.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const LOGICAL_CLUSTERS = '/apis/core.kcp.io/v1alpha1/logicalclusters';
const MAPS = '/api/v1/namespaces/default/configmaps';

const clusterOf = (workspace: object): string => textAt(objectAt({ ...workspace }, 'spec'), 'cluster');

/** What is told of a kind in all logical clusters, as `<type> <name> in <cluster>`, until all of some lines were told. */
async function follow(path: string): Promise<{ until: (lines: readonly string[]) => Promise<readonly string[]> }> {
  const client = server.client('*');
  const since = { resourceVersion: textAt(objectAt(await client.get(path), 'metadata'), 'resourceVersion') };
  return {
    until: async (lines) => {
      const told: string[] = [];
      const missing = new Set(lines);
      for await (const event of client.watch(path, since, AbortSignal.timeout(20_000))) {
        const object = objectAt(event, 'object');
        const at = textAt(objectAt(objectAt(object, 'metadata'), 'annotations'), 'kcp.io/cluster');
        const line = `${textAt(event, 'type')} ${nameOf(object)} in ${at}`;
        told.push(line);
        missing.delete(line);
        if (missing.size === 0) return told;
      }
      throw new Error(`never told: ${[...missing].join(', ')}`);
    },
  };
}

/** root:top, with branches, each with leaves; the logical clusters by name. */
async function makeTree(top: string, branches: number, leaves: number): Promise<ReadonlyMap<string, string>> {
  const clusters = new Map<string, string>();
  const make = async (parent: string, name: string): Promise<void> => {
    clusters.set(name, clusterOf(await makeWorkspace(server, parent, { name })));
  };
  await make('root', top);
  for (let branch = 0; branch < branches; branch++) {
    await make(`root:${top}`, `${top}-${branch}`);
    for (let leaf = 0; leaf < leaves; leaf++) await make(`root:${top}:${top}-${branch}`, `${top}-${branch}-${leaf}`);
  }
  return clusters;
}

describe('a tree of workspaces that is deleted by its top', () => {
  it('goes from the leaves up, and every object of it is told to be gone', async () => {
    const clusters = await makeTree('oak', 3, 3);
    const [ofWorkspaces, ofClusters, ofMaps] = [
      await follow(workspaces),
      await follow(LOGICAL_CLUSTERS),
      await follow('/api/v1/configmaps'),
    ];
    await server.client('root').delete(`${workspaces}/oak`);
    await gone(server, 'root', 'oak');
    const above = (name: string): string => name.split('-').slice(0, -1).join('-');
    const at = (name: string): string => clusters.get(name) ?? 'root';
    const names = [...clusters.keys()];
    const line = (name: string): string => `DELETED ${name} in ${at(above(name))}`;
    const told = await ofWorkspaces.until(names.map(line));
    for (const name of names.filter((each) => above(each) !== ''))
      expect(told.indexOf(line(name))).toBeLessThan(told.indexOf(line(above(name))));
    await ofClusters.until(names.map((name) => `DELETED cluster in ${at(name)}`));
    await ofMaps.until(names.map((name) => `DELETED kube-root-ca.crt in ${at(name)}`));
  });

  it('stays above what somebody holds, says why, and goes when that is let go', async () => {
    const clusters = await makeTree('elm', 2, 2);
    const leaf = server.client(clusters.get('elm-1-0') ?? '');
    await leaf.create(MAPS, { metadata: { name: 'kept', finalizers: ['example.com/hold'] } });
    await server.client('root').delete(`${workspaces}/elm`);
    await gone(server, clusters.get('elm') ?? '', 'elm-0');
    await gone(server, clusters.get('elm-1') ?? '', 'elm-1-1');
    const says = (object: JsonObject): string => JSON.stringify(objectAt(object, 'status')['conditions']);
    await until(server, clusters.get('elm-1') ?? '', 'elm-1-0', (object) =>
      says({ ...object }).includes('example.com/hold'),
    );
    const one = 'workspaces.tenancy.kcp.io has 1 resource instances';
    await until(server, clusters.get('elm') ?? '', 'elm-1', (object) => says({ ...object }).includes(one));
    await leaf.patch(`${MAPS}/kept`, { metadata: { finalizers: null } });
    await gone(server, 'root', 'elm');
  });

  it('goes where it has more children than go in one commit', async () => {
    const clusters = await makeTree('fir', 0, 0);
    const names = Array.from({ length: 90 }, (_, index) => `fir-${index}`);
    await Promise.all(names.map((name) => makeWorkspace(server, 'root:fir', { name })));
    const told = await follow(workspaces);
    await server.client('root').delete(`${workspaces}/fir`);
    await gone(server, 'root', 'fir');
    await told.until(names.map((name) => `DELETED ${name} in ${clusters.get('fir')}`));
  });
});
