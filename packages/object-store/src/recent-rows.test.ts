import { describe, expect, it } from '@jest/globals';
import { configMaps, keyOf, openTestStore, put, remove } from './testing/fixture.ts';

const key = keyOf('root', 'n', 'a');

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
