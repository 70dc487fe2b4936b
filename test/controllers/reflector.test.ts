import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiError, isObject, own, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import type { ListWatch, ObjectChange } from '@kcp/controller';
import { startTestServer, type TestServer } from '@kcp/testing';
import { reflect, until } from './reflected.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => server[Symbol.asyncDispose]());

/** Mulberry32: the same numbers for the same seed, so that a failure can be looked at again. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const path = '/api/v1/namespaces/demo/configmaps';

/** Creates, changes and deletes ConfigMaps of few names, at random. */
async function writeAtRandom(cluster: string, count: number, random: () => number): Promise<void> {
  const client = server.client(cluster);
  const present = new Set<string>();
  for (let at = 0; at < count; at++) {
    const name = `c${Math.floor(random() * 12)}`;
    const object = { metadata: { name }, data: { at: String(at), padding: 'x'.repeat(Math.floor(random() * 2_000)) } };
    if (!present.has(name)) {
      present.add(name);
      await client.create(path, object);
    } else if (random() < 0.3) {
      present.delete(name);
      await client.delete(`${path}/${name}`);
    } else await client.patch(`${path}/${name}`, { data: object.data });
    if (random() < 0.1) await new Promise((resolve) => void setImmediate(resolve));
  }
}

interface Told {
  readonly type: string;
  readonly name: string;
  readonly version: string;
}

/** All that the server tells of a cluster's ConfigMaps after a revision, up to one. */
async function serverLog(cluster: string, from: string, to: string): Promise<Told[]> {
  const log: Told[] = [];
  for await (const event of server.client(cluster).watch('/api/v1/configmaps', { resourceVersion: from })) {
    const told = toldOf(event);
    log.push(told);
    if (told.version === to) break;
  }
  return log;
}

function toldOf(event: JsonObject): Told {
  const object = own(event, 'object');
  const metadata = isObject(object) ? own(object, 'metadata') : undefined;
  if (!isObject(metadata)) throw new Error(`no object in ${JSON.stringify(event)}`);
  return {
    type: textIn(event, 'type').toLowerCase(),
    name: textIn(metadata, 'name'),
    version: textIn(metadata, 'resourceVersion'),
  };
}

function textIn(object: JsonObject, member: string): string {
  const value = own(object, member);
  return typeof value === 'string' ? value : '';
}

function asTold({ kind, object }: ObjectChange): Told {
  return { type: kind, name: object.metadata.name ?? '', version: object.metadata.resourceVersion ?? '' };
}

/** The marker that a test writes last; its revision. */
async function mark(cluster: string): Promise<string> {
  const created = await server.client(cluster).create(path, { metadata: { name: 'the-end' } });
  return toldOf({ object: created }).version;
}

async function contents(cluster: string): Promise<Told[]> {
  const { items } = await server.client(cluster).get('/api/v1/configmaps');
  if (!Array.isArray(items)) throw new Error('no list');
  return items.map((object) => ({ ...toldOf({ object }), type: 'there' }));
}

async function newCluster(name: string): Promise<string> {
  await server.client(name).create('/api/v1/namespaces', { metadata: { name: 'demo' } });
  return name;
}

const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);

/** Nothing is told that cannot follow what was told before. */
function checkOrder(told: readonly ObjectChange[]): void {
  const present = new Map<string, string>();
  for (const change of told) {
    const { name, version } = asTold(change);
    const before = present.get(name);
    if (change.kind === 'added') expect(before).toBeUndefined();
    else expect(change.previous?.metadata.resourceVersion).toBe(before);
    if (before !== undefined && !change.isFinalStateUnknown) expect(Number(version)).toBeGreaterThan(Number(before));
    if (change.kind === 'deleted') present.delete(name);
    else present.set(name, version);
  }
}

describe.each([true, false])('a reflector behind a proxy that cuts (streams: %p)', (streams) => {
  it.each([11, 12])('tells every write of the server once and in order (seed %p)', async (seed) => {
    const random = seeded(seed);
    const cluster = await newCluster(`cut-${streams ? 's' : 'p'}-${seed}`);
    await using reflected = await reflect(server, { cluster, streams, random: seeded(seed + 1) });
    const { cache, proxy, reflector, told } = reflected;
    reflector.start();
    await reflector.synced;
    const initial = told.splice(0);
    const from = reflector.state.revision;
    proxy.cut();
    proxy.cutAfter(() => 5_000 + Math.floor(random() * 60_000));
    await writeAtRandom(cluster, 150, random);
    const end = await mark(cluster);
    await until(cache, () => told.at(-1)?.object.metadata.name === 'the-end');
    const log = await serverLog(cluster, from, end);
    expect(log.length).toBeGreaterThan(149);
    expect(told.map(asTold)).toEqual(log);
    expect(proxy.cuts).toBeGreaterThan(2);
    checkOrder([...initial, ...told]);
  });

  it.each([21, 22])('ends up with what the server has, though history gets lost (seed %p)', async (seed) => {
    const random = seeded(seed);
    const cluster = await newCluster(`lost-${streams ? 's' : 'p'}-${seed}`);
    const forgetful = (real: ListWatch<KubeObject>): ListWatch<KubeObject> => ({
      ...real,
      watch: (request) => {
        if (request.resourceVersion === '' || random() < 0.5) return real.watch(request);
        throw new ApiError('Expired', 'too old resource version');
      },
    });
    const reflected = await reflect(server, { cluster, streams, random: seeded(seed + 1), between: forgetful });
    await using _reflected = reflected;
    const { cache, proxy, reflector, told } = reflected;
    proxy.cutAfter(() => 4_000 + Math.floor(random() * 60_000));
    reflector.start();
    await writeAtRandom(cluster, 150, random);
    await mark(cluster);
    await until(cache, () => cache.list().some(({ metadata }) => metadata.name === 'the-end'));
    expect(
      cache
        .list()
        .map(({ metadata }) => ({ name: metadata.name ?? '', version: metadata.resourceVersion, type: 'there' }))
        .toSorted(byName),
    ).toEqual((await contents(cluster)).toSorted(byName));
    checkOrder(told);
    expect(proxy.cuts).toBeGreaterThan(0);
  });
});
