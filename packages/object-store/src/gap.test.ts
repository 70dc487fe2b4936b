import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '@kcp/controller/testing';
import { openEtcdStore } from '@kcp/storage';
import { findEtcd, startCuttingProxy, startEtcd } from '@kcp/storage/testing/etcd';
import { silentLogger, silentMeter } from '@kcp/telemetry';
import { openObjectStore } from './open-object-store.ts';
import { configMaps, everywhere, keyOf, put, widgets } from './testing/fixture.ts';

const found = await findEtcd();
if (found.kind === 'missing') process.stderr.write(`SKIPPED: gaps in the history of etcd: ${found.reason}\n`);
const describeIfThere = found.kind === 'missing' ? describe.skip : describe;

describeIfThere('a store whose backend missed some of the history', () => {
  it('ends the watches that missed something with 410, and goes on with the others', async () => {
    if (found.kind === 'missing') return;
    await using etcd = await startEtcd({ program: found.program });
    await using proxy = await startCuttingProxy(etcd.port);
    const root = mkdtempSync(join(tmpdir(), 'gap-'));
    using _ = { [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
    const open = (name: string, port: number) =>
      openEtcdStore({ servers: [`http://127.0.0.1:${port}`], folder: join(root, name), logger: silentLogger });
    const parts = { clock: new FakeClock(), logger: silentLogger, meter: silentMeter };
    await using direct = await open('direct', etcd.port);
    using writer = openObjectStore({ ...parts, backend: direct });
    await put(writer, configMaps, keyOf('c', 'n', 'a'), 'one');
    await put(writer, widgets, keyOf('c', 'n', 'w'), 'one');
    await using cut = await open('cut', proxy.port);
    using store = openObjectStore({ ...parts, backend: cut });
    await store.synced();
    const watch = (bucket: typeof configMaps) => {
      const told: string[] = [];
      const lost = Promise.withResolvers<Error>();
      const live = Promise.withResolvers<void>();
      store.watch(
        { bucket, cluster: everywhere, after: store.head() },
        {
          event: ({ object }) => void told.push(object.key.name),
          progress: () => live.resolve(),
          lost: (error) => lost.resolve(error),
        },
      );
      return { told, lost: lost.promise, live: live.promise };
    };
    const [missing, idle] = [watch(configMaps), watch({ group: '', resource: 'secrets' })];
    await Promise.all([missing.live, idle.live]);
    proxy.close();
    await put(writer, configMaps, keyOf('c', 'n', 'a'), 'between');
    await put(writer, configMaps, keyOf('c', 'n', 'a'), 'two');
    await direct.compact(direct.head());
    proxy.open();
    expect(await missing.lost).toMatchObject({ code: 410 });
    expect([missing.told, idle.told]).toEqual([[], []]);
    expect(store.get(configMaps, keyOf('c', 'n', 'a'))?.decode()).toMatchObject({ data: { value: 'two' } });
  });
});
