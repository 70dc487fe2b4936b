import type { ChangeSource, Controller, ReconcileKey } from '@kcp/controller';
import { again, done, startController } from '@kcp/controller';
import { FakeClock, turn } from '@kcp/controller/testing';
import { describe, expect, it } from '@jest/globals';
import type { Backend } from '@kcp/storage';
import { silentLogger, silentMeter } from '@kcp/telemetry';
import type { FollowedChange } from './change-source.ts';
import { changeSource } from './change-source.ts';
import { checkpointBucket, shardCluster } from './checkpoint.ts';
import type { ObjectWriter } from './object-store.ts';
import { configMaps, keyOf, openTestStore, put, remove, widgets } from './testing/fixture.ts';

interface Setup {
  readonly store: ObjectWriter;
  readonly backend: Backend;
  readonly clock: FakeClock;
  readonly lists: () => number;
  readonly start: (reconcile?: (key: ReconcileKey) => ReturnType<typeof again>) => {
    controller: Controller;
    seen: string[];
  };
}

async function setUp(): Promise<Setup> {
  const clock = new FakeClock();
  const { store, backend } = await openTestStore({ clock });
  let lists = 0;
  const start: Setup['start'] = (reconcile = () => done) => {
    const source = changeSource({ store, buckets: [configMaps, widgets], checkpointName: 'test' });
    const counted: ChangeSource<FollowedChange> = {
      ...source,
      list: (options) => {
        lists++;
        return source.list(options);
      },
    };
    const seen: string[] = [];
    const controller = startController<FollowedChange>({
      name: 'test',
      source: counted,
      keysOf: ({ object }) => [{ ...object.key, bucket: object.bucket }],
      reconcile: (key) => {
        seen.push(`${key.bucket?.resource} ${key.cluster}/${key.namespace}/${key.name}`);
        return reconcile(key);
      },
      concurrency: 1,
      clock,
      logger: silentLogger,
      meter: silentMeter,
    });
    return { controller, seen };
  };
  return { store, backend, clock, start, lists: () => lists };
}

describe('a controller over the store', () => {
  it('lists all resources in pages at its first start, then follows', async () => {
    const { store, start } = await setUp();
    for (let index = 0; index < 1_200; index++) void put(store, configMaps, keyOf(`c${index % 7}`, 'n', `k${index}`));
    await put(store, widgets, keyOf('root', '', 'w'));
    const { controller, seen } = start();
    await controller.settled();
    expect([seen.length, new Set(seen).size, seen.at(-1)]).toEqual([1_201, 1_201, 'widgets root//w']);
    await remove(store, widgets, keyOf('root', '', 'w'));
    await put(store, configMaps, keyOf('root', 'n', 'new'));
    await controller.settled();
    expect(seen.slice(1_201)).toEqual(['widgets root//w', 'configmaps root/n/new']);
    await controller[Symbol.asyncDispose]();
  });

  it('goes on from its checkpoint, which is a row of the store, and lists nothing', async () => {
    const { store, start, lists } = await setUp();
    await put(store, configMaps, keyOf('root', 'n', 'a'));
    const first = start();
    await first.controller.settled();
    await first.controller[Symbol.asyncDispose]();
    const row = store.get(checkpointBucket, { cluster: shardCluster, namespace: '', name: 'test' });
    expect(row?.decode()).toMatchObject({ kind: 'Checkpoint', revision: 1, version: 1, waiting: [] });
    await put(store, widgets, keyOf('root', 'n', 'b'));
    const second = start();
    await second.controller.settled();
    expect([second.seen, lists()]).toEqual([['widgets root/n/b'], 2]);
    await second.controller[Symbol.asyncDispose]();
  });

  it('goes on from a checkpoint below the window where nothing of its own is forgotten, and lists where something is', async () => {
    const { store, backend, start, lists } = await setUp();
    const secrets = { group: '', resource: 'secrets' };
    await put(store, configMaps, keyOf('root', 'n', 'a'));
    const first = start();
    await first.controller.settled();
    await first.controller[Symbol.asyncDispose]();
    for (let index = 0; index < 20; index++) await put(store, secrets, keyOf('root', 'n', 's'));
    await backend.compact(store.head());
    const second = start();
    await second.controller.settled();
    expect([second.seen, lists()]).toEqual([[], 2]);
    await second.controller[Symbol.asyncDispose]();
    await put(store, configMaps, keyOf('root', 'n', 'b'));
    await backend.compact(store.head());
    const third = start();
    await third.controller.settled();
    expect([third.seen, lists()]).toEqual([['configmaps root/n/a', 'configmaps root/n/b'], 4]);
    await third.controller[Symbol.asyncDispose]();
  });

  it('writes nothing while nothing happens to its resources', async () => {
    const { store, clock, start } = await setUp();
    await put(store, configMaps, keyOf('root', 'n', 'a'));
    const { controller } = start();
    await controller.settled();
    clock.advance(5_000);
    await turn();
    const before = store.get(checkpointBucket, { cluster: shardCluster, namespace: '', name: 'test' })?.revision;
    for (let index = 0; index < 5; index++) {
      await put(store, { group: '', resource: 'secrets' }, keyOf('root', 'n', 's'));
      clock.advance(10_000);
      await turn();
    }
    expect(before).toBeDefined();
    expect(store.get(checkpointBucket, { cluster: shardCluster, namespace: '', name: 'test' })?.revision).toBe(before);
    await controller[Symbol.asyncDispose]();
  });

  it('keeps keys with a bucket that wait over a restart', async () => {
    const { store, clock, start } = await setUp();
    await put(store, widgets, keyOf('root', '', 'w'));
    const first = start(() => again(60_000));
    await first.controller.settled();
    await first.controller[Symbol.asyncDispose]();
    const second = start();
    await second.controller.settled();
    expect(second.seen).toEqual([]);
    clock.advance(60_000);
    await turn();
    expect(second.seen).toEqual(['widgets root//w']);
    await second.controller[Symbol.asyncDispose]();
  });

  it('lists anew where its checkpoint cannot be read', async () => {
    const { store, start } = await setUp();
    await put(store, configMaps, keyOf('root', 'n', 'a'));
    await put(store, checkpointBucket, { cluster: shardCluster, namespace: '', name: 'test' });
    const { controller, seen } = start();
    await controller.settled();
    expect(seen).toEqual(['configmaps root/n/a']);
    await controller[Symbol.asyncDispose]();
  });

  it('follows every resource there is, but no row of the store: its own checkpoint is no change', async () => {
    const { store, clock } = await setUp();
    await put(store, configMaps, keyOf('root', 'n', 'a'));
    const seen: string[] = [];
    const controller = startController<FollowedChange>({
      name: 'every',
      source: changeSource({ store, buckets: 'every', checkpointName: 'every' }),
      keysOf: ({ object }) => [{ ...object.key, bucket: object.bucket }],
      reconcile: ({ name, bucket }) => {
        seen.push(`${bucket?.resource} ${name}`);
        return done;
      },
      concurrency: 1,
      clock,
      logger: silentLogger,
      meter: silentMeter,
    });
    await controller.settled();
    await put(store, widgets, keyOf('root', '', 'w'));
    await put(store, { group: 'new.io', resource: 'things' }, keyOf('other', '', 't'));
    await controller.settled();
    expect(seen).toEqual(['configmaps a', 'widgets w', 'things t']);
    for (let index = 0; index < 3; index++) {
      clock.advance(10_000);
      await turn();
    }
    expect([seen.length, store.head()]).toEqual([3, 4]);
    await controller[Symbol.asyncDispose]();
  });
});
