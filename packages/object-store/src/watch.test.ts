import { ApiError } from '@kcp/api-machinery';
import { FakeClock, turn } from '@kcp/controller/testing';
import { describe, expect, it } from '@jest/globals';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { root } from '@kcp/logical-cluster';
import type { Logger } from '@kcp/telemetry';
import { silentLogger, silentMeter } from '@kcp/telemetry';
import { storageKey } from './keys.ts';
import type { ObjectChange } from './object-store.ts';
import { openObjectStore } from './open-object-store.ts';
import { configMaps, everywhere, keyOf, openTestStore, put, Recorder, remove, widgets } from './testing/fixture.ts';

const a = keyOf('root', 'n', 'a');
const b = keyOf('root', 'n', 'b');
const rootMaps = { bucket: configMaps, cluster: root };

describe('a watch', () => {
  it('tells the past, then what it has reached, then what happens', async () => {
    const { store } = await openTestStore();
    await put(store, configMaps, a);
    await put(store, widgets, a);
    await put(store, configMaps, b);
    const recorder = new Recorder();
    store.watch({ ...rootMaps, after: 0 }, recorder);
    expect(recorder.told).toEqual([]);
    await turn();
    expect([recorder.told, recorder.progresses]).toEqual([['put a@1', 'put b@3'], [3]]);
    await put(store, configMaps, a);
    await remove(store, configMaps, b);
    expect(recorder.told.slice(2)).toEqual(['put a@4', 'delete b@5']);
  });

  it('tells a commit before whoever committed hears of it', async () => {
    const { store } = await openTestStore();
    const recorder = new Recorder();
    store.watch({ ...rootMaps, after: 0 }, recorder);
    await turn();
    const order: string[] = [];
    recorder.event = () => order.push('told');
    await put(store, configMaps, a).then(() => order.push('acknowledged'));
    expect(order).toEqual(['told', 'acknowledged']);
  });

  it('gives a deletion the last state with the revision of the deletion, and each change what was there before', async () => {
    const { store } = await openTestStore();
    const live = new Recorder();
    store.watch({ ...rootMaps, after: 0 }, live);
    await turn();
    await put(store, configMaps, a, 'one');
    await put(store, configMaps, a, 'two');
    await remove(store, configMaps, a);
    const late = new Recorder();
    store.watch({ ...rootMaps, after: 0 }, late);
    await turn();
    for (const { changes } of [live, late]) {
      const told = changes.map(({ object, previous }) => [
        object.decode()['data'],
        previous?.decode()['data'],
        previous?.revision,
      ]);
      expect(told).toEqual([
        [{ value: 'one' }, undefined, undefined],
        [{ value: 'two' }, { value: 'one' }, 1],
        [{ value: 'two' }, { value: 'two' }, 2],
      ]);
      expect(changes.at(-1)?.object.decode().metadata.resourceVersion).toBe('3');
    }
  });

  it('concerns its logical cluster, namespace and name, or all of them', async () => {
    const { store } = await openTestStore();
    const other = 'other' as LogicalCluster;
    const selections = [
      { cluster: root },
      { cluster: root, namespace: 'n' },
      { cluster: root, namespace: 'n', name: 'a' },
      { cluster: root, name: 'a' },
      { cluster: everywhere },
      { cluster: everywhere, namespace: 'm' },
      { cluster: everywhere, name: 'b' },
      { cluster: other },
    ];
    const live = selections.map((selection) => {
      const recorder = new Recorder();
      store.watch({ bucket: configMaps, ...selection, after: 0 }, recorder);
      return recorder;
    });
    await turn();
    for (const key of [
      a,
      b,
      keyOf('root', 'm', 'a'),
      keyOf('other', 'm', 'a'),
      keyOf('other', 'n', 'b'),
      keyOf('root', '', 'a'),
    ]) {
      await put(store, configMaps, key);
    }
    const late = selections.map((selection) => {
      const recorder = new Recorder();
      store.watch({ bucket: configMaps, ...selection, after: 0 }, recorder);
      return recorder;
    });
    await turn();
    const wanted = [[1, 2, 3, 6], [1, 2], [1], [1, 3, 6], [1, 2, 3, 4, 5, 6], [3, 4], [2, 5], [4, 5]];
    for (const recorders of [live, late]) {
      expect(recorders.map(({ changes }) => changes.map(({ object }) => object.revision))).toEqual(wanted);
    }
  });

  it('shares one value among all who are told of a write, live or late', async () => {
    const { store } = await openTestStore();
    const recorders = [new Recorder(), new Recorder(), new Recorder()] as const;
    store.watch({ ...rootMaps, after: 0 }, recorders[0]);
    store.watch({ bucket: configMaps, cluster: everywhere, after: 0 }, recorders[1]);
    await turn();
    await put(store, configMaps, a);
    await put(store, configMaps, a);
    store.watch({ ...rootMaps, namespace: 'n', after: 0 }, recorders[2]);
    await turn();
    const [first, second, third] = recorders.map(({ changes }) => changes);
    expect(first?.length).toBe(2);
    for (const at of [0, 1]) expect(first?.[at] === second?.[at] && first?.[at] === third?.[at]).toBe(true);
    expect(first?.[1]?.previous).toBe(first?.[0]?.object);
    expect(first?.[0]?.rendered).toBe(third?.[0]?.rendered);
  });

  it('tells nothing after it is disposed of, at whatever moment', async () => {
    const { store } = await openTestStore();
    await put(store, configMaps, a);
    const [never, once, live] = [new Recorder(), new Recorder(), new Recorder()];
    store.watch({ ...rootMaps, after: 0 }, never)[Symbol.dispose]();
    const stop = store.watch({ ...rootMaps, after: 0 }, once);
    once.event = (change: ObjectChange) => {
      once.changes.push(change);
      stop[Symbol.dispose]();
    };
    const watch = store.watch({ ...rootMaps, after: 0 }, live);
    await put(store, configMaps, a);
    await turn();
    watch[Symbol.dispose]();
    await put(store, configMaps, a);
    await turn();
    expect([never.told, once.told, live.told]).toEqual([[], ['put a@1'], ['put a@1', 'put a@2']]);
    expect([never, once, live].flatMap(({ errors }) => errors)).toEqual([]);
  });

  it('is refused where its past is gone, and only there', async () => {
    const { store, backend } = await openTestStore();
    for (let index = 0; index < 4; index++) await put(store, configMaps, a);
    await put(store, configMaps, keyOf('quiet', 'n', 'a'));
    for (let index = 0; index < 4; index++) await put(store, widgets, a);
    await backend.compact(7);
    const recorder = new Recorder();
    expect(() => store.watch({ ...rootMaps, after: 3 }, recorder)).toThrow(
      expect.objectContaining({ reason: 'Expired', code: 410, message: 'too old resource version: 3 (7)' }),
    );
    store.watch({ ...rootMaps, after: 4 }, recorder);
    await turn();
    await put(store, configMaps, b);
    expect(recorder.told).toEqual(['put b@10']);
  });

  it('is lost, and says so, where its past is compacted before it got there', async () => {
    const { store, backend } = await openTestStore();
    for (let index = 0; index < 600; index++) await put(store, configMaps, keyOf('root', 'n', `k${index}`));
    const recorder = new Recorder();
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const drained = (): Promise<void> => held;
    store.watch({ ...rootMaps, after: 0 }, Object.assign(recorder, { drained }));
    await turn();
    await backend.compact(500);
    release();
    await turn();
    expect(recorder.errors).toEqual([
      expect.objectContaining({ reason: 'Expired', message: 'too old resource version: 250 (500)' }),
    ]);
    await put(store, configMaps, a);
    expect(recorder.changes.length).toBe(250);
  });

  it('from the future opens and stays silent until then', async () => {
    const { store } = await openTestStore();
    const clock = new FakeClock();
    const recorder = new Recorder();
    const watch = store.watch({ ...rootMaps, after: 2 }, recorder);
    for (let index = 0; index < 3; index++) {
      await put(store, configMaps, a);
      await turn();
      clock.advance(1_000);
    }
    expect([recorder.told, recorder.progresses, watch.position()]).toEqual([['put a@3'], [], 3]);
  });

  it('tells its progress every second while others write, with one timer for all and none without watches', async () => {
    const clock = new FakeClock();
    const { store } = await openTestStore({ clock });
    const recorders = [new Recorder(), new Recorder()];
    expect(clock.timers).toBe(0);
    const watches = recorders.map((recorder) => store.watch({ ...rootMaps, after: 0 }, recorder));
    await turn();
    expect(clock.timers).toBe(1);
    await put(store, widgets, a);
    await put(store, widgets, b);
    clock.advance(1_000);
    clock.advance(10_000);
    await put(store, widgets, a);
    clock.advance(1_000);
    for (const recorder of recorders) expect(recorder.progresses).toEqual([0, 2, 3]);
    expect(watches[0]?.position()).toBe(3);
    for (const watch of watches) watch[Symbol.dispose]();
    clock.advance(1_000);
    expect(clock.timers).toBe(0);
  });

  it('that throws is removed, told why and logged, and harms nobody', async () => {
    const logged: string[] = [];
    const logger: Logger = { ...silentLogger, error: (message) => logged.push(message), child: () => logger };
    const { backend } = await openTestStore();
    const store = openObjectStore({ backend, clock: new FakeClock(), meter: silentMeter, logger });
    const [bad, good] = [new Recorder(), new Recorder()];
    bad.event = (change) => {
      bad.changes.push(change);
      throw new Error('mine');
    };
    store.watch({ ...rootMaps, after: 0 }, bad);
    store.watch({ ...rootMaps, after: 0 }, good);
    await turn();
    await put(store, configMaps, a);
    await put(store, configMaps, b);
    expect([bad.told, bad.errors.map(({ message }) => message)]).toEqual([['put a@1'], ['mine']]);
    expect(good.told).toEqual(['put a@1', 'put b@2']);
    expect(logged).toEqual(['The listener of a watch threw and was removed']);
  });

  it('that is slow waits without a buffer and goes on from the log', async () => {
    const { store } = await openTestStore();
    const slow = new Recorder();
    let release: (() => void) | undefined;
    const drained = (): Promise<void> | undefined => {
      if (slow.changes.length % 3 !== 0 || slow.changes.length === 0) return undefined;
      return new Promise<void>((resolve) => (release = resolve));
    };
    const watch = store.watch({ ...rootMaps, after: 0 }, Object.assign(slow, { drained }));
    await turn();
    for (let index = 0; index < 10; index++) await put(store, configMaps, a);
    expect([slow.changes.length, watch.position()]).toEqual([3, 3]);
    release?.();
    await turn();
    expect(slow.told).toEqual(Array.from({ length: 10 }, (_, index) => `put a@${index + 1}`));
    await put(store, configMaps, a);
    expect(slow.changes.length).toBe(11);
  });

  it('reads a long past in pages, between which others get their turn', async () => {
    const { store } = await openTestStore();
    for (let index = 0; index < 20; index++) {
      await Promise.all(
        Array.from({ length: 50 }, (_, name) => put(store, configMaps, keyOf('root', 'n', `k${name}`))),
      );
    }
    const recorder = new Recorder();
    const seen: number[] = [];
    const drained = (): undefined => void seen.push(recorder.changes.length);
    store.watch({ ...rootMaps, after: 0 }, Object.assign(recorder, { drained }));
    await turn();
    expect(seen).toEqual([250, 500, 750, 1_000]);
    expect(recorder.changes.length).toBe(1_000);
  });

  it('hears commits in order though another watcher commits in its turn', async () => {
    const { store } = await openTestStore();
    const [writer, reader] = [new Recorder(), new Recorder()];
    const writes: Promise<unknown>[] = [];
    writer.event = () => {
      if (writes.length < 20) writes.push(put(store, configMaps, keyOf('root', 'n', `w${writes.length}`)));
    };
    store.watch({ ...rootMaps, after: 0 }, writer);
    store.watch({ ...rootMaps, after: 0 }, reader);
    await turn();
    await put(store, configMaps, a);
    await turn(60);
    expect(reader.changes.map(({ object }) => object.revision)).toEqual(
      Array.from({ length: 21 }, (_, index) => index + 1),
    );
  });

  it('is not ahead of what it was told while a commit of several writes is passed on', async () => {
    const { store } = await openTestStore();
    const [first, second] = [new Recorder(), new Recorder()];
    const positions: number[] = [];
    store.watch({ ...rootMaps, after: 0 }, first);
    const watch = store.watch({ ...rootMaps, after: 0 }, second);
    await turn();
    first.event = () => positions.push(watch.position());
    await Promise.all(['a', 'b', 'c'].map((name) => put(store, configMaps, keyOf('root', 'n', name))));
    expect(positions).toEqual([0, 1, 2]);
    expect(watch.position()).toBe(3);
  });

  it('that is opened while a commit is passed on misses nothing of it and hears nothing twice', async () => {
    const { store } = await openTestStore();
    const [opener, opened] = [new Recorder(), new Recorder()];
    store.watch({ ...rootMaps, after: 0 }, opener);
    await turn();
    opener.event = ({ object }) => {
      if (object.revision === 2) store.watch({ ...rootMaps, after: 1 }, opened);
    };
    await Promise.all(['a', 'b', 'c'].map((name) => put(store, configMaps, keyOf('root', 'n', name))));
    await put(store, configMaps, a);
    await turn();
    await put(store, configMaps, a);
    expect(opened.told).toEqual(['put b@2', 'put c@3', 'put a@4', 'put a@5']);
  });

  it('is one of ten thousand without a timer of its own, and hears only what concerns it', async () => {
    const clock = new FakeClock();
    const { store } = await openTestStore({ clock });
    const recorders = Array.from({ length: 10_000 }, (_, index) => {
      const recorder = new Recorder();
      store.watch({ bucket: configMaps, cluster: `c${index}` as LogicalCluster, after: 0 }, recorder);
      return recorder;
    });
    await turn(20);
    await put(store, configMaps, keyOf('c77', 'n', 'a'));
    expect(clock.timers).toBe(1);
    expect(recorders.flatMap(({ told }, index) => told.map((text) => `${index} ${text}`))).toEqual(['77 put a@1']);
  });

  it('is lost where what it should tell is corrupt', async () => {
    const { store, backend } = await openTestStore();
    const recorder = new Recorder();
    store.watch({ ...rootMaps, after: 0 }, recorder);
    await turn();
    await backend.commit([], [{ kind: 'put', key: storageKey(configMaps, a), value: Buffer.from('rubbish') }]);
    expect(recorder.errors[0]).toBeInstanceOf(ApiError);
    expect(recorder.errors[0]?.message).toContain(storageKey(configMaps, a));
  });

  it('ends with the store', async () => {
    const clock = new FakeClock();
    const { store } = await openTestStore({ clock });
    const recorder = new Recorder();
    store.watch({ ...rootMaps, after: 0 }, recorder);
    store[Symbol.dispose]();
    await turn();
    expect([recorder.errors.length, clock.timers]).toEqual([1, 0]);
  });
});
