import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiError, type KubeObject } from '@kcp/api-machinery';
import type { ListRequest, ListWatch, WatchRequest } from '@kcp/controller';
import { startTestServer, type TestServer } from '@kcp/testing';
import { reflect, until } from './reflected.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => server[Symbol.asyncDispose]());

const path = '/api/v1/namespaces/demo/configmaps';

async function clusterWith(name: string, count: number): Promise<string> {
  const client = server.client(name);
  await client.create('/api/v1/namespaces', { metadata: { name: 'demo' } });
  const names = Array.from({ length: count }, (_, at) => `c${String(at).padStart(4, '0')}`);
  await Promise.all(names.map((name) => client.create(path, { metadata: { name } })));
  return name;
}

interface Recorded {
  readonly lists: ListRequest[];
  readonly watches: WatchRequest[];
}

/** Writes down what is asked for, and lets a test answer in the server's place: what it throws is the answer. */
function recording(
  recorded: Recorded,
  instead: { list?: (request: ListRequest, count: number) => void; watch?: (request: WatchRequest) => void } = {},
): (real: ListWatch<KubeObject>) => ListWatch<KubeObject> {
  return (real) => ({
    list: async (request) => {
      recorded.lists.push(request);
      instead.list?.(request, recorded.lists.length);
      return real.list(request);
    },
    watch: (request) => {
      recorded.watches.push(request);
      instead.watch?.(request);
      return real.watch(request);
    },
  });
}

const nothing = (): Recorded => ({ lists: [], watches: [] });
const inDemo = (objects: readonly KubeObject[]): number =>
  objects.filter(({ metadata }) => /^c\d{4}$/.test(metadata.name ?? '')).length;

describe('the first list', () => {
  it('comes in pages of 500 at one revision, which the watch goes on from', async () => {
    const cluster = await clusterWith('paged', 1_200);
    const recorded = nothing();
    await using reflected = await reflect(server, { cluster, streams: false, between: recording(recorded) });
    reflected.reflector.start();
    await reflected.reflector.synced;
    expect(recorded.lists.map(({ limit }) => limit)).toEqual([500, 500, 500]);
    expect(recorded.lists.map((list) => list.continue === '')).toEqual([true, false, false]);
    expect(inDemo(reflected.cache.list())).toBe(1_200);
    expect(recorded.watches).toMatchObject([
      { resourceVersion: reflected.reflector.state.revision, allowWatchBookmarks: true },
    ]);
    const { timeoutSeconds = 0 } = recorded.watches[0] ?? {};
    expect(timeoutSeconds).toBeGreaterThanOrEqual(300);
    expect(timeoutSeconds).toBeLessThan(600);
  });

  it('is taken as a whole where the server forgot its revision between two pages', async () => {
    const cluster = await clusterWith('expired', 600);
    const recorded = nothing();
    const between = recording(recorded, {
      list: (request) => {
        if (request.continue !== '') {
          throw new ApiError('Expired', 'the continue parameter is too old', {
            metadata: { continue: 'inconsistent' },
          });
        }
      },
    });
    await using reflected = await reflect(server, { cluster, streams: false, between });
    reflected.reflector.start();
    await reflected.reflector.synced;
    expect(recorded.lists.map(({ limit, continue: token }) => [limit, token === ''])).toEqual([
      [500, true],
      [500, false],
      [0, true],
    ]);
    expect(inDemo(reflected.cache.list())).toBe(600);
  });

  it('is streamed where the server can, in one request', async () => {
    const cluster = await clusterWith('streamed', 700);
    const recorded = nothing();
    await using reflected = await reflect(server, { cluster, streams: true, between: recording(recorded) });
    reflected.reflector.start();
    await reflected.reflector.synced;
    expect([recorded.lists.length, recorded.watches.length]).toEqual([0, 1]);
    expect(recorded.watches[0]).toMatchObject({ sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' });
    expect(inDemo(reflected.cache.list())).toBe(700);
    await server.client(cluster).delete(`${path}/c0007`);
    await until(reflected.cache, () => inDemo(reflected.cache.list()) === 699);
    expect(recorded.watches).toHaveLength(1);
  });

  it.each([400, 422])('comes in pages where the server refuses to stream (%p)', async (code) => {
    const cluster = await clusterWith(`refusing-${code}`, 10);
    const recorded = nothing();
    const between = recording(recorded, {
      watch: ({ sendInitialEvents }) => {
        if (sendInitialEvents === true) throw new ApiError('', 'sendInitialEvents is forbidden', { code });
      },
    });
    await using reflected = await reflect(server, { cluster, streams: true, between });
    reflected.reflector.start();
    await reflected.reflector.synced;
    expect(inDemo(reflected.cache.list())).toBe(10);
    expect(reflected.reflector.state.canStream).toBe(false);
    expect(recorded.lists).toHaveLength(1);
  });

  it('is tried again until the server is there, and rejects only when the reflector is stopped', async () => {
    const reflected = await reflect(server, { cluster: 'away', streams: true });
    const { reflector, proxy } = reflected;
    proxy.lead(1);
    reflector.start();
    const synced = reflector.synced.catch((error: unknown) => String(error));
    await reflected[Symbol.asyncDispose]();
    expect(await synced).toContain('is stopped');
  });
});

describe('a connection that says nothing', () => {
  it('is given up, and the watch goes on where it was', async () => {
    const cluster = await clusterWith('stalled', 1);
    const recorded = nothing();
    const options = { cluster, streams: true, silenceMs: 300, between: recording(recorded) };
    await using reflected = await reflect(server, options);
    const { cache, proxy, reflector, told } = reflected;
    reflector.start();
    await reflector.synced;
    const target = Number(new URL(server.url).port);
    proxy.stall();
    await server.client(cluster).create(path, { metadata: { name: 'while-stalled' } });
    const before = recorded.watches.length;
    const again = new Promise<void>((resolve) => {
      const { push } = recorded.watches;
      recorded.watches.push = (...items) => {
        resolve();
        return push.apply(recorded.watches, items);
      };
    });
    await again;
    proxy.cut();
    proxy.lead(target);
    await until(cache, () => told.some(({ object }) => object.metadata.name === 'while-stalled'));
    expect(recorded.watches.length).toBeGreaterThan(before);
    expect(recorded.lists).toHaveLength(0);
  });
});

describe('a reflector of all logical clusters', () => {
  it('keeps objects of one name apart by their cluster, and follows clusters that come later', async () => {
    await clusterWith('wild-a', 2);
    await using reflected = await reflect(server, { cluster: '*', streams: true });
    const { cache, reflector } = reflected;
    reflector.start();
    await reflector.synced;
    await clusterWith('wild-b', 2);
    const named = (): string[] =>
      cache
        .list()
        .filter(({ metadata }) => metadata.name === 'c0001')
        .map(({ metadata }) => metadata.annotations?.['kcp.io/cluster'] ?? '')
        .filter((name) => name.startsWith('wild-'));
    await until(cache, () => named().length === 2);
    expect(named().toSorted()).toEqual(['wild-a', 'wild-b']);
  });
});
