import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { expired } from '@kcp/api-machinery';
import { wildcard } from '@kcp/logical-cluster';
import type { WatchListener, WatchOptions } from '@kcp/object-store';
import {
  configMaps,
  keyOf,
  openTestStore,
  put,
  Recorder,
  remove,
  widgets,
  type TestStore,
} from '@kcp/object-store/testing';
import { orderedWatch } from './ordered-watch.ts';

let test: TestStore;
beforeEach(async () => {
  test = await openTestStore();
});
afterEach(() => test.store[Symbol.dispose]());

const both = (after: number): readonly WatchOptions[] =>
  [widgets, configMaps].map((bucket) => ({ bucket, cluster: wildcard, after }));
const a = keyOf('one', 'ns', 'a');
const b = keyOf('two', 'ns', 'b');

/** Resolves once a listener was told how far it is. */
function upTo(revision: number): { readonly recorder: Recorder; readonly reached: Promise<void> } {
  const recorder = new Recorder();
  const { promise, resolve } = Promise.withResolvers<void>();
  const progress = recorder.progress.bind(recorder);
  recorder.progress = (at) => {
    progress(at);
    if (at >= revision) resolve();
  };
  return { recorder, reached: promise };
}

describe('several watches as one', () => {
  it('tell the past in the order in which it happened', async () => {
    const { store } = test;
    await put(store, configMaps, a);
    await put(store, widgets, b);
    await put(store, configMaps, a, 'x');
    await put(store, widgets, b, 'y');
    const { recorder, reached } = upTo(store.head());
    using watch = orderedWatch(store, both(0), recorder);
    await reached;
    expect(recorder.told).toEqual(['put a@1', 'put b@2', 'put a@3', 'put b@4']);
    expect(watch.position()).toBe(4);
  });

  it('tell what happens as it happens', async () => {
    const { store } = test;
    const { recorder, reached } = upTo(0);
    using _watch = orderedWatch(store, both(0), recorder);
    await reached;
    await put(store, widgets, b);
    await put(store, configMaps, a);
    await remove(store, widgets, b);
    expect(recorder.told).toEqual(['put b@1', 'put a@2', 'delete b@3']);
  });

  it('are over together', async () => {
    const { store } = test;
    const { recorder, reached } = upTo(0);
    const watch = orderedWatch(store, both(0), recorder);
    await reached;
    watch[Symbol.dispose]();
    await put(store, widgets, b);
    expect(recorder.told).toEqual([]);
  });

  it('are lost together', async () => {
    const { recorder, reached } = upTo(0);
    orderedWatch(test.store, both(0), recorder);
    await reached;
    test.store[Symbol.dispose]();
    expect(recorder.errors).toHaveLength(1);
  });

  it.each([expired('no more'), new Error('no more')])('end with what their listener throws: %s', async (thrown) => {
    const { store } = test;
    const { recorder, reached } = upTo(0);
    recorder.event = () => {
      throw thrown;
    };
    using _watch = orderedWatch(store, both(0), recorder);
    await reached;
    await put(store, widgets, b);
    await put(store, configMaps, a);
    expect(recorder.errors).toEqual([thrown]);
  });

  it('end where something comes too late to be in order', async () => {
    const { store } = test;
    const stored = [await put(store, widgets, b), await put(store, configMaps, a)];
    const listeners: WatchListener[] = [];
    const scripted = {
      watch: (_: WatchOptions, listener: WatchListener) => {
        listeners.push(listener);
        return { position: () => 0, [Symbol.dispose]: () => {} };
      },
    };
    const recorder = new Recorder();
    orderedWatch(scripted, both(0), recorder);
    for (const listener of listeners) listener.progress(0);
    const changes = stored.map(
      (object) => ({ kind: 'put', object, previous: undefined, rendered: new Map() }) as const,
    );
    for (const [at, change] of [...changes.entries()].reverse()) listeners[at]?.event(change);
    expect(recorder.told).toEqual(['put a@2']);
    expect(recorder.errors.map(({ message }) => message)).toEqual(['an event of revision 1 came late']);
  });
});
