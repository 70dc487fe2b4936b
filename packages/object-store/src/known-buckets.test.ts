import { describe, expect, it } from '@jest/globals';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { bucketPrefix } from './keys.ts';
import type { ObjectReader } from './object-store.ts';
import { configMaps, keyOf, openTestStore, put, remove, widgets } from './testing/fixture.ts';

const secrets = { group: '', resource: 'secrets' };

async function prefixes(store: ObjectReader, cluster: string): Promise<readonly string[]> {
  return (await store.buckets(cluster as LogicalCluster)).map(bucketPrefix);
}

describe('the buckets of a logical cluster', () => {
  it('are those that something was written into there, not elsewhere', async () => {
    const { store } = await openTestStore();
    await put(store, configMaps, keyOf('one', 'n', 'a'));
    await put(store, widgets, keyOf('one', '', 'b'));
    await put(store, secrets, keyOf('other', 'n', 'c'));
    expect(await prefixes(store, 'one')).toEqual(['/core/configmaps/', '/example.com/widgets:abc/']);
    expect(await prefixes(store, 'other')).toEqual(['/core/secrets/']);
    expect(await prefixes(store, 'none')).toEqual([]);
  });

  it('are told apart though their names begin alike', async () => {
    const { store } = await openTestStore();
    const names = ['a', 'a-b', 'a.b', 'a0', 'ab', 'b'];
    for (const resource of names) await put(store, { group: 'x', resource }, keyOf('one', '', 'o'));
    await put(store, { group: 'x-y', resource: 'a' }, keyOf('one', '', 'o'));
    await put(store, { group: 'x', resource: 'a', identity: 'i' }, keyOf('one', '', 'o'));
    expect(new Set(await prefixes(store, 'one'))).toEqual(
      new Set([...names.map((name) => `/x/${name}/`), '/x-y/a/', '/x/a:i/']),
    );
  });

  it('are known from the commit on that writes the first object, after they were read once', async () => {
    const { store } = await openTestStore();
    expect(await prefixes(store, 'one')).toEqual([]);
    await put(store, configMaps, keyOf('one', 'n', 'a'));
    expect(await prefixes(store, 'one')).toEqual(['/core/configmaps/']);
  });

  it('may be empty again, and are looked at afresh where very many are', async () => {
    const { store } = await openTestStore();
    await put(store, configMaps, keyOf('one', 'n', 'a'));
    expect(await prefixes(store, 'one')).toEqual(['/core/configmaps/']);
    for (let count = 0; count < 1_100; count += 1) {
      const bucket = { group: 'many', resource: `r${count}` };
      await put(store, bucket, keyOf('other', '', 'o'));
      await remove(store, bucket, keyOf('other', '', 'o'));
    }
    expect(await prefixes(store, 'other')).toEqual([]);
    expect(await prefixes(store, 'one')).toEqual(['/core/configmaps/']);
  });

  it('are not the rows that the store keeps for itself', async () => {
    const { store } = await openTestStore();
    const owned = keyOf('one', 'n', 'a');
    const metadata = { name: 'a', ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: 'u' }] };
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
    await store.commit([{ kind: 'create', bucket: configMaps, key: owned, object, fingerprint: 'v1' }]);
    expect(await prefixes(store, 'one')).toEqual(['/core/configmaps/']);
  });
});
