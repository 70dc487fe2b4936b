import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { FakeClock, turn } from '@kcp/controller/testing';
import { parseName, root, wildcard, type LogicalCluster } from '@kcp/logical-cluster';
import { shardCluster, type ObjectChange, type ObjectWriter } from '@kcp/object-store';
import { openTestStore, openTestStoreAt } from '@kcp/object-store/testing';
import { silentLogger as logger, silentMeter as meter } from '@kcp/telemetry';
import { eventBucket } from './core-event.ts';
import { EventExpiry, startEventExpiry } from './event-expiry.ts';
import { decodeTimes } from './write-times.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const signal = new AbortController().signal;
const other: LogicalCluster = parseName('other') ?? root;
const timesBucket = { group: 'internal.kcp.io', resource: 'write-times' };

async function write(store: ObjectWriter, name: string, more: { cluster?: LogicalCluster; owners?: number } = {}) {
  const { cluster = root, owners = 0 } = more;
  const key = { cluster, namespace: 'ns', name };
  const current = store.get(eventBucket, key);
  const ownerReferences = Array.from({ length: owners }, (_, at) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: `owner-${at}`,
    uid: `uid-${at}`,
  }));
  const metadata = { name, namespace: 'ns', ...(owners > 0 && { ownerReferences, finalizers: ['example.com/never'] }) };
  const object = { apiVersion: 'v1', kind: 'Event', metadata };
  const row = { bucket: eventBucket, key, object, fingerprint: 'v1' };
  await store.commit([
    current === undefined ? { kind: 'create', ...row } : { kind: 'update', ...row, expected: current.revision },
  ]);
}

function names(store: ObjectWriter): string[] {
  return store.page({ bucket: eventBucket, cluster: wildcard }).objects.map(({ key }) => key.name);
}

function expiryOf(store: ObjectWriter, clock: FakeClock, ttlMs = HOUR): EventExpiry {
  return new EventExpiry({ store, ttlMs, clock, logger, meter });
}

describe('events', () => {
  it('vanish a while after their last write, in all logical clusters, and no sooner', async () => {
    const clock = new FakeClock();
    const { store } = await openTestStore({ clock });
    const expiry = expiryOf(store, clock);
    await write(store, 'a');
    await write(store, 'b', { cluster: other });
    await write(store, 'rewritten');
    expect(await expiry.round(signal)).toBe(0);
    clock.advance(30 * MINUTE);
    await write(store, 'late');
    await write(store, 'rewritten');
    expect(await expiry.round(signal)).toBe(0);
    clock.advance(30 * MINUTE - 1);
    expect(await expiry.round(signal)).toBe(0);
    clock.advance(1);
    expect(await expiry.round(signal)).toBe(2);
    expect(names(store)).toEqual(['late', 'rewritten']);
    clock.advance(30 * MINUTE);
    expect(await expiry.round(signal)).toBe(2);
    expect(names(store)).toEqual([]);
  });

  it('vanish whatever holds or owns them, and nothing of them stays in the owner index', async () => {
    const clock = new FakeClock();
    const { store } = await openTestStore({ clock });
    for (let at = 0; at < 60; at += 1) await write(store, `owned-${at}`, { owners: 3 });
    const expiry = expiryOf(store, clock);
    await expiry.round(signal);
    clock.advance(HOUR);
    expect(await expiry.round(signal)).toBe(60);
    expect(store.dependants({ cluster: root, owner: 'uid-1', limit: 10 }).dependants).toEqual([]);
  });

  it('are told of to watchers, each with a revision of its own', async () => {
    const clock = new FakeClock();
    const { store } = await openTestStore({ clock });
    for (let at = 0; at < 450; at += 1) await write(store, `e${at}`);
    const changes: ObjectChange[] = [];
    using _ = store.watch(
      { bucket: eventBucket, cluster: wildcard, after: store.head() },
      { event: (change) => changes.push(change), progress: () => {}, lost: () => {} },
    );
    const expiry = expiryOf(store, clock);
    await expiry.round(signal);
    clock.advance(HOUR);
    expect(await expiry.round(signal)).toBe(450);
    await turn();
    expect(changes.map(({ kind }) => kind)).toEqual(Array.from({ length: 450 }, () => 'delete'));
    expect(new Set(changes.map(({ object }) => object.revision)).size).toBe(450);
    expect(new Set(changes.map(({ object }) => object.key.name)).size).toBe(450);
  });

  it('that are written while they expire are kept', async () => {
    const clock = new FakeClock();
    const { store } = await openTestStore({ clock });
    for (let at = 0; at < 20; at += 1) await write(store, `e${at}`);
    const commit: ObjectWriter['commit'] = async (...parameters) => {
      if (parameters[0].length > 1) await write(store, 'e7');
      return store.commit(...parameters);
    };
    const racing: ObjectWriter = {
      synced: () => store.synced(),
      head: () => store.head(),
      get: (...parameters) => store.get(...parameters),
      page: (options) => store.page(options),
      count: (options) => store.count(options),
      generation: (selection) => store.generation(selection),
      watch: (...parameters) => store.watch(...parameters),
      dependants: (options) => store.dependants(options),
      buckets: (cluster) => store.buckets(cluster),
      lookup: (options) => store.lookup(options),
      everything: (options) => store.everything(options),
      watchEverything: (...parameters) => store.watchEverything(...parameters),
      commit,
    };
    const expiry = expiryOf(racing, clock);
    await expiry.round(signal);
    clock.advance(HOUR);
    expect(await expiry.round(signal)).toBe(19);
    expect(names(store)).toEqual(['e7']);
  });

  it('expire on time after a restart, and those written just before a crash at most a whole time later', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kcp-events-'));
    try {
      const clock = new FakeClock();
      {
        const { store, backend } = await openTestStoreAt(folder, clock);
        await write(store, 'noted');
        await expiryOf(store, clock).round(signal);
        clock.advance(20 * MINUTE);
        await write(store, 'unnoted');
        store[Symbol.dispose]();
        await backend[Symbol.asyncDispose]();
      }
      clock.advance(40 * MINUTE);
      const { store, backend } = await openTestStoreAt(folder, clock);
      const expiry = expiryOf(store, clock);
      expect(await expiry.round(signal)).toBe(1);
      expect(names(store)).toEqual(['unnoted']);
      clock.advance(HOUR);
      expect(await expiry.round(signal)).toBe(1);
      store[Symbol.dispose]();
      await backend[Symbol.asyncDispose]();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('leave a bounded row behind: no note is kept that is not needed, and an idle server writes none', async () => {
    const clock = new FakeClock();
    const { store } = await openTestStore({ clock });
    await using controller = startEventExpiry({ store, ttlMs: HOUR, clock, logger, meter });
    for (let minute = 0; minute < 300; minute += 1) {
      await write(store, `e${minute}`);
      clock.advance(MINUTE);
      await turn();
    }
    const row = store.get(timesBucket, { cluster: shardCluster, namespace: '', name: 'events' });
    const times = row === undefined ? [] : decodeTimes(row.decode());
    expect(times.length).toBeGreaterThan(50);
    expect(times.length).toBeLessThanOrEqual(63);
    expect(names(store).length).toBeLessThanOrEqual(63);
    expect(names(store).length).toBeGreaterThanOrEqual(59);
    for (let minute = 0; minute < 130; minute += 1) {
      clock.advance(MINUTE);
      await turn();
    }
    expect(names(store)).toEqual([]);
    const head = store.head();
    clock.advance(10 * MINUTE);
    await turn();
    expect(store.head()).toBe(head);
    await controller[Symbol.asyncDispose]();
    expect(clock.timers).toBeLessThanOrEqual(1);
  });
});
