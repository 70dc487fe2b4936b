import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { objectAt, textAt } from '@kcp/api-machinery';
import { startTestServer, type TestServer } from '@kcp/testing';
import { namesIn, until, workspaces } from './fixture.ts';
import { clusters, mountWorld, type MountWorld } from './mount-fixture.ts';

let server: TestServer;
let world: MountWorld;
beforeAll(async () => {
  server = await startTestServer({ featureGates: { WorkspaceMounts: true } });
  world = await mountWorld(server);
});
afterAll(async () => server[Symbol.asyncDispose]());

const maps = '/api/v1/namespaces/default/configmaps';

describe('a mounted workspace', () => {
  it('is what is served elsewhere as long as the mount is there', async () => {
    await world.mount('mounted', 'one');
    const missing = await world.whenIn('mounted', 'Unavailable');
    expect(objectAt({ ...missing }, 'status')['conditions']).toMatchObject([
      {
        type: 'WorkspaceMountReady',
        status: 'False',
        severity: 'Error',
        reason: 'MountObjectNotFound',
        message: 'KubeCluster "/one" not found',
      },
    ]);
    await world.mountable('one');
    const URL = `${server.url}/clusters/root:destination`;
    await world.say('one', { phase: 'Ready', URL });
    const ready = await world.whenIn('mounted', 'Ready');
    expect(objectAt({ ...ready }, 'spec')).toMatchObject({ URL });
    using there = server.wire('root:source:mounted');
    const made = await there.request(maps, { method: 'POST', body: { metadata: { name: 'through' } } });
    expect(made.status).toBe(201);
    using direct = server.wire('root:destination');
    expect(namesIn(await direct.request(maps))).toContain('through');
    expect((await there.request(`${maps}?fieldSelector=metadata.name%3Dnobody`)).object['items']).toEqual([]);

    await world.say('one', { phase: 'Connecting' });
    const lost = await world.whenIn('mounted', 'Unavailable');
    expect(JSON.stringify(lost)).toContain(
      'Mount is not reporting ready. See KubeCluster \\"one\\" status for more details',
    );
    const refused = await there.request(maps);
    expect([refused.status, refused.text]).toEqual([503, 'Not available.\n']);
    await world.say('one', { phase: 'Ready' });
    await world.whenIn('mounted', 'Ready');
    expect((await there.request(maps)).status).toBe(200);
  });

  it('asks who it is there: credentials go on, what others say of them does not', async () => {
    await world.mountable('two');
    await world.say('two', { phase: 'Ready', URL: `${server.url}/clusters/root:destination` });
    await world.mount('guarded', 'two');
    await world.whenIn('guarded', 'Ready');
    using stranger = server.wire('root:source:guarded', 'user-1');
    expect((await stranger.request(maps)).status).toBe(403);
    const headers = { 'x-remote-user': 'admin', 'x-remote-group': 'system:masters' };
    expect((await stranger.request(maps, { headers })).status).toBe(403);
  });

  it('streams what is watched', async () => {
    await world.mountable('three');
    await world.say('three', { phase: 'Ready', URL: `${server.url}/clusters/root:destination` });
    await world.mount('watched', 'three');
    await world.whenIn('watched', 'Ready');
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
    await world.mountable('four');
    await world.say('four', { phase: 'Ready', URL: `${server.url}/clusters/root:source:ring` });
    await world.mount('ring', 'four');
    await world.whenIn('ring', 'Ready');
    using ring = server.wire('root:source:ring');
    expect((await ring.request(maps)).status).toBe(508);
    using below = server.wire('root:source:ring:below');
    expect((await below.request(maps)).status).toBe(404);
    await world.say('four', { URL: 'https://127.0.0.1:9' });
    await until(server, 'root:source', 'ring', (object) => JSON.stringify(object).includes('127.0.0.1:9'));
    const unreachable = await ring.request(maps);
    expect([unreachable.status, unreachable.text]).toEqual([502, 'The mounted workspace cannot be reached.\n']);
  });

  it('goes at once: what is mounted stays', async () => {
    await world.mountable('five');
    await world.say('five', { phase: 'Ready', URL: `${server.url}/clusters/root:destination` });
    await world.mount('leaves', 'five');
    await world.whenIn('leaves', 'Ready');
    await server.client('root:source').delete(`${workspaces}/leaves`);
    using left = server.wire('root:source:leaves');
    expect((await left.request(maps)).status).toBe(404);
    expect((await server.client('root:source').get(`${clusters}/five`))['kind']).toBe('KubeCluster');
  });
});
