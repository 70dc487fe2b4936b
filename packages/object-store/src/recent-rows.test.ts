import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Row } from '@kcp/storage';
import type { StoredObject } from './object-store.ts';
import { RecentRows } from './recent-rows.ts';
import { configMaps, keyOf, openTestStore, openTestStoreAt, put, remove } from './testing/fixture.ts';

const key = keyOf('root', 'n', 'a');

/** Rows of one scope, and how often they are read. */
class Scope {
  readonly rows = new Map<string, Row>();
  readonly #recent = new RecentRows();
  generation = 0;
  reads = 0;

  write(name: string): void {
    this.generation += 1;
    this.rows.set(name, { key: name, revision: this.generation, value: Buffer.alloc(1) });
  }

  get(name: string): number | undefined {
    const read = (): Row | undefined => {
      this.reads += 1;
      return this.rows.get(name);
    };
    const make = ({ revision }: Row) => ({ revision }) as StoredObject;
    return this.#recent.of(name, { read, make, generation: () => this.generation })?.revision;
  }

  /** How many reads of the store it takes. */
  readsOf(name: string, times: number): number {
    const before = this.reads;
    for (let time = 0; time < times; time += 1) expect(this.get(name)).toBe(this.rows.get(name)?.revision);
    return this.reads - before;
  }
}

describe('what is read often', () => {
  it('is read from the store twice, and again once something is written beside it', () => {
    const scope = new Scope();
    scope.write('a');
    expect(scope.readsOf('a', 10)).toBe(2);
    scope.write('b');
    expect(scope.readsOf('a', 10)).toBe(1);
    scope.write('a');
    expect(scope.readsOf('a', 10)).toBe(2);
  });

  it('need not be there', () => {
    const scope = new Scope();
    expect(scope.readsOf('a', 10)).toBe(2);
    scope.write('b');
    expect(scope.readsOf('a', 10)).toBe(1);
    scope.write('a');
    expect(scope.readsOf('a', 10)).toBe(2);
    scope.rows.delete('a');
    scope.generation += 1;
    expect(scope.readsOf('a', 10)).toBe(2);
  });

  it('is the newest that was told, at every step while a disk is written', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kcp-recent-'));
    const { store, backend } = await openTestStoreAt(folder);
    const told: (number | undefined)[] = [0];
    using _ = store.watch(
      { bucket: configMaps, cluster: key.cluster, after: 0 },
      {
        event: ({ kind, object }) => void told.push(kind === 'put' ? object.revision : undefined),
        progress() {},
        lost() {},
      },
    );
    const over = new AbortController();
    const wrong: unknown[] = [];
    const look = async (): Promise<void> => {
      while (!over.signal.aborted) {
        for (let step = 0; step < 50; step += 1) {
          const row = backend.get(`/core/configmaps/root/n/a`);
          const read = store.get(configMaps, key);
          if (read?.revision !== row?.revision) wrong.push([read?.revision, row?.revision]);
          await Promise.resolve();
        }
        await new Promise((resolve) => void setImmediate(resolve));
      }
    };
    const looking = [look(), look()];
    for (let round = 0; round < 60; round += 1) {
      await put(store, configMaps, key, String(round));
      await put(store, configMaps, keyOf('root', 'n', 'b'), String(round));
      if (round % 5 === 0) await remove(store, configMaps, key);
    }
    over.abort();
    await Promise.all(looking);
    expect(wrong).toEqual([]);
    expect(told.length).toBeGreaterThan(100);
    await backend[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
});

describe('a row that is read again', () => {
  it('is parsed once', async () => {
    const { store } = await openTestStore();
    await put(store, configMaps, key, 'one');
    expect(store.get(configMaps, key)?.decode()).toBe(store.get(configMaps, key)?.decode());
  });

  it('is the newest one from the commit on', async () => {
    const { store } = await openTestStore();
    await put(store, configMaps, key, 'one');
    expect(store.get(configMaps, key)?.decode()['data']).toEqual({ value: 'one' });
    const { revision } = await put(store, configMaps, key, 'two');
    expect(store.get(configMaps, key)?.decode()['data']).toEqual({ value: 'two' });
    expect(store.get(configMaps, key, revision - 1)?.decode()['data']).toEqual({ value: 'one' });
    await remove(store, configMaps, key);
    expect(store.get(configMaps, key)).toBeUndefined();
    await put(store, configMaps, key, 'three');
    expect(store.get(configMaps, key)?.decode()['data']).toEqual({ value: 'three' });
  });

  it('stays as long as it is read, however many others are', async () => {
    const { store } = await openTestStore();
    for (let count = 0; count < 1_200; count += 1) await put(store, configMaps, keyOf('root', 'n', `k${count}`));
    await put(store, configMaps, key, 'hot');
    const first = store.get(configMaps, key)?.decode();
    for (let count = 0; count < 1_200; count += 1) {
      store.get(configMaps, keyOf('root', 'n', `k${count}`));
      expect(store.get(configMaps, key)?.decode() === first).toBe(true);
    }
  });
});
