import { describe, expect, it } from '@jest/globals';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { root } from '@kcp/logical-cluster';
import * as fc from 'fast-check';
import type { ObjectReader, Selection } from './object-store.ts';
import { storageKey } from './keys.ts';
import { configMaps, everywhere, keyOf, openTestStore, put, remove, widgets } from './testing/fixture.ts';

/** All pages of a list, as the names of what they hold. */
function pages(store: ObjectReader, selection: Selection, options: { limit?: number; at?: number } = {}): string[][] {
  const all: string[][] = [];
  let after: string | undefined;
  let at = options.at;
  do {
    const page = store.page({
      ...selection,
      ...(options.limit !== undefined && { limit: options.limit }),
      ...(after !== undefined && { after }),
      ...(at !== undefined && { at }),
    });
    all.push(page.objects.map(({ key }) => `${key.cluster}/${key.namespace}/${key.name}`));
    at = page.revision;
    after = page.next;
  } while (after !== undefined);
  return all;
}

describe('a list', () => {
  it('is in the order of key bytes: namespace x-b before x, a-1 before a.b', async () => {
    const { store } = await openTestStore();
    for (const namespace of ['x', 'x-b'])
      for (const name of ['b', 'a.b', 'a-1', '10', '9']) await put(store, configMaps, keyOf('root', namespace, name));
    const names = ['10', '9', 'a-1', 'a.b', 'b'];
    expect(pages(store, { bucket: configMaps, cluster: root }).flat()).toEqual(
      ['x-b', 'x'].flatMap((namespace) => names.map((name) => `root/${namespace}/${name}`)),
    );
  });

  it('holds nothing of other resources, logical clusters or namespaces whose names begin alike', async () => {
    const { store } = await openTestStore();
    for (const bucket of [configMaps, { ...configMaps, resource: 'configmapsx' }, { ...configMaps, identity: 'i' }]) {
      for (const cluster of ['root', 'root-2', 'roo']) {
        for (const namespace of ['n', 'n-2']) await put(store, bucket, keyOf(cluster, namespace, 'a'));
      }
    }
    expect(pages(store, { bucket: configMaps, cluster: root, namespace: 'n' })).toEqual([['root/n/a']]);
    expect(pages(store, { bucket: configMaps, cluster: everywhere, namespace: 'n' }).flat().length).toBe(3);
    expect(pages(store, { bucket: configMaps, cluster: everywhere }).flat().length).toBe(6);
  });

  it('goes on at its revision while others write, without repeating or leaving out', async () => {
    const { store } = await openTestStore();
    for (let index = 0; index < 10; index++) await put(store, configMaps, keyOf('root', 'n', `k${index}`));
    const first = store.page({ bucket: configMaps, cluster: root, limit: 4 });
    expect([first.next, first.revision]).toEqual(['n/k3', 10]);
    await put(store, configMaps, keyOf('root', 'n', 'k35'));
    await remove(store, configMaps, keyOf('root', 'n', 'k9'));
    const rest = store.page({ bucket: configMaps, cluster: root, after: 'n/k3', at: 10 });
    expect(rest.objects.map(({ key }) => key.name)).toEqual(['k4', 'k5', 'k6', 'k7', 'k8', 'k9']);
    expect(rest.next).toBeUndefined();
    expect(store.count({ bucket: configMaps, cluster: root, after: 'n/k3', at: 10 })).toBe(6);
    expect(store.count({ bucket: configMaps, cluster: root, after: 'n/k3', at: 10, limit: 2 })).toBe(2);
  });

  it('says in the words of Kubernetes that a revision is gone or not there yet', async () => {
    const { store, backend } = await openTestStore();
    for (let index = 0; index < 3; index++) await put(store, configMaps, keyOf('root', 'n', 'a'));
    await backend.compact(2);
    for (const read of [
      (at: number) => store.page({ bucket: configMaps, cluster: root, at }),
      (at: number) => store.page({ bucket: configMaps, cluster: everywhere, namespace: 'n', at }),
      (at: number) => store.count({ bucket: configMaps, cluster: root, at }),
      (at: number) => store.get(configMaps, keyOf('root', 'n', 'a'), at),
    ]) {
      expect(() => read(1)).toThrow(
        expect.objectContaining({
          reason: 'Expired',
          code: 410,
          message: 'The resourceVersion for the provided list is too old.',
        }),
      );
      expect(() => read(9)).toThrow(
        expect.objectContaining({
          reason: 'Timeout',
          code: 504,
          message: 'Timeout: Too large resource version: 9, current: 3',
          details: {
            causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
            retryAfterSeconds: 1,
          },
        }),
      );
    }
  });

  it('names the row where one is corrupt', async () => {
    const { store, backend } = await openTestStore();
    const key = storageKey(configMaps, keyOf('root', 'n', 'bad'));
    await backend.commit([], [{ kind: 'put', key, value: Buffer.from('rubbish') }]);
    expect(() => store.page({ bucket: configMaps, cluster: root })).toThrow(key);
  });

  it('is what a naive model says, at every revision, with every page size', async () => {
    const clusters = ['root', 'r', 'root-2'] as LogicalCluster[];
    const step = fc.record({
      cluster: fc.constantFrom(...clusters),
      namespace: fc.constantFrom('', 'x', 'x-b', 'y'),
      name: fc.constantFrom('a', 'a-1', 'a.b', 'b'),
      isWidget: fc.boolean(),
      isDelete: fc.boolean(),
    });
    const run = fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 7 }),
      async (steps, limit) => {
        const { store } = await openTestStore();
        const states: (readonly string[])[] = [[]];
        for (const { cluster, namespace, name, isWidget, isDelete } of steps) {
          const bucket = isWidget ? widgets : configMaps;
          const key = keyOf(cluster, namespace, name);
          const there = store.get(bucket, key) !== undefined;
          if (isDelete && !there) continue;
          await (isDelete ? remove(store, bucket, key) : put(store, bucket, key));
          const text = storageKey(bucket, key);
          const rest = (states.at(-1) ?? []).filter((one) => one !== text);
          states.push(isDelete ? rest : [...rest, text]);
        }
        for (const [at, state] of states.entries()) {
          for (const cluster of [...clusters, everywhere]) {
            for (const namespace of ['', 'x', 'y']) {
              const prefix = typeof cluster === 'string' ? `/core/configmaps/${cluster}/` : '/core/configmaps/';
              const wanted = state
                .filter(
                  (text) =>
                    text.startsWith(prefix) &&
                    (namespace === '' || (text.split('/')[4] === namespace && text.split('/').length === 6)),
                )
                .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
              const selection = { bucket: configMaps, cluster, namespace };
              const found = pages(store, selection, { limit, at });
              expect(found.flat().map((text) => `/core/configmaps/${text.replace('//', '/')}`)).toEqual(wanted);
              expect(found.every((page) => page.length <= limit)).toBe(true);
              expect(store.count({ ...selection, at })).toBe(wanted.length);
            }
          }
        }
      },
    );
    await fc.assert(run, { seed: 11, numRuns: 25 });
  });
});

describe('a generation', () => {
  it('is the newest revision of a write, of a deletion too, there and anywhere', async () => {
    const { store } = await openTestStore();
    await put(store, configMaps, keyOf('root', 'n', 'a'));
    await put(store, configMaps, keyOf('other', 'n', 'a'));
    await put(store, widgets, keyOf('root', 'n', 'a'));
    await remove(store, configMaps, keyOf('root', 'n', 'a'));
    expect(store.generation({ bucket: configMaps, cluster: root })).toBe(4);
    expect(store.generation({ bucket: configMaps, cluster: 'other' as LogicalCluster })).toBe(2);
    expect(store.generation({ bucket: configMaps, cluster: everywhere })).toBe(4);
    expect(store.generation({ bucket: widgets, cluster: everywhere })).toBe(3);
    expect(store.generation({ bucket: widgets, cluster: 'other' as LogicalCluster })).toBe(0);
  });
});
