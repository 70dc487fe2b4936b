import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { objectAt, textAt } from '@kcp/api-machinery';
import { startTestServer, type TestServer } from '@kcp/testing';
import { logicalCluster, makeWorkspace, namesIn } from './fixture.ts';

const LIMIT = 60;

let server: TestServer;
beforeAll(async () => {
  // counted anew on every create: what is asserted is what there is
  server = await startTestServer({ totalObjectLimit: LIMIT, objectCountIntervalMs: 0 });
});
afterAll(async () => server[Symbol.asyncDispose]());

const maps = '/api/v1/namespaces/default/configmaps';

async function workspace(name: string): Promise<string> {
  const made = await makeWorkspace(server, 'root', { name, type: { name: 'organization', path: 'root' } });
  return textAt(objectAt(made, 'spec'), 'cluster');
}

/** Creates objects until one is refused; how often it worked, and the refusal. */
async function fill(cluster: string): Promise<{ readonly made: number; readonly refusal: unknown }> {
  for (let made = 0; made <= LIMIT; made += 1) {
    try {
      await server.client(cluster).create(maps, { metadata: { generateName: 'm-' } });
    } catch (refusal) {
      return { made, refusal };
    }
  }
  throw new Error('nothing was refused');
}

async function annotate(cluster: string, limit: string | null): Promise<void> {
  await server
    .client(cluster)
    .patch(logicalCluster, { metadata: { annotations: { 'core.kcp.io/max-total-objects': limit } } });
}

describe('a limit of all objects', () => {
  it('refuses what is too much, in the words of the original, and takes what is deleted into account', async () => {
    const cluster = await workspace('full');
    const { refusal } = await fill(cluster);
    expect(refusal).toMatchObject({
      code: 403,
      message: expect.stringContaining(
        `logical cluster "${cluster}" has reached its total object count limit (${LIMIT}/${LIMIT} objects); delete objects to free up capacity`,
      ),
    });
    using wire = server.wire(cluster);
    const [name] = namesIn(await wire.request(maps));
    await server.client(cluster).delete(`${maps}/${name}`);
    await server.client(cluster).create(maps, { metadata: { name: 'refilled' } });
    expect((await fill(cluster)).made).toBe(0);
  });

  it('holds neither for events, nor for changes, nor for other workspaces, nor for root', async () => {
    const [cluster, other] = [await workspace('crowded'), await workspace('empty')];
    await fill(cluster);
    const involvedObject = { namespace: 'default' };
    await server
      .client(cluster)
      .create('/api/v1/namespaces/default/events', { metadata: { name: 'e' }, involvedObject });
    await server.client(cluster).patch('/api/v1/namespaces/default', { metadata: { labels: { a: 'b' } } });
    for (const free of [other, 'root']) await server.client(free).create(maps, { metadata: { name: 'm' } });
  });

  it('is what the LogicalCluster says: more, none, or what the server says where it is no number', async () => {
    const cluster = await workspace('own');
    await fill(cluster);
    await annotate(cluster, String(LIMIT + 2));
    expect((await fill(cluster)).made).toBe(2);
    await annotate(cluster, '0');
    await server.client(cluster).create(maps, { metadata: { name: 'free' } });
    await annotate(cluster, 'many');
    expect((await fill(cluster)).refusal).toMatchObject({
      message: expect.stringContaining(`(${LIMIT + 3}/${LIMIT} objects)`),
    });
  });
});
