import { describe, expect, it } from '@jest/globals';
import { bucketPrefix, bucketPrefixOf, clusterPrefix, objectKeyOf, parseStorageKey, storageKey } from './keys.ts';
import { addressesOf, watchAddress } from './selection.ts';
import { configMaps, everywhere, keyOf, widgets } from './testing/fixture.ts';

describe('a storage key', () => {
  it('puts the resource first, then the logical cluster, and is read back', () => {
    for (const bucket of [configMaps, widgets]) {
      for (const key of [keyOf('root', 'default', 'a'), keyOf('system:admin', '', 'system:x')]) {
        const text = storageKey(bucket, key);
        expect(text.startsWith(clusterPrefix(bucket, key.cluster, key.namespace))).toBe(true);
        expect(parseStorageKey(text)).toEqual({ bucket, key });
        expect(objectKeyOf(text)).toEqual(key);
        expect(bucketPrefixOf(text)).toBe(bucketPrefix(bucket));
      }
    }
    expect(storageKey(widgets, keyOf('root', 'n', 'a'))).toBe('/example.com/widgets:abc/root/n/a');
  });

  it('is refused where it is none', () => {
    for (const text of ['', '/core/configmaps/root', 'core/configmaps/root/a', '/core/c/root/a/b/c', '/core/c/NO/a']) {
      expect(() => parseStorageKey(text)).toThrow('not the key of an object');
    }
  });
});

describe('the address of a watch', () => {
  it('is among those of an object exactly where the watch is for the object', () => {
    const clusters = ['root', 'other'];
    const keys = clusters.flatMap((cluster) =>
      ['', 'n', 'm'].flatMap((namespace) => ['a', 'n'].map((name) => keyOf(cluster, namespace, name))),
    );
    const scopes = [everywhere, ...clusters.map((cluster) => keyOf(cluster, '', '').cluster)];
    for (const cluster of scopes) {
      for (const namespace of ['', 'n', 'm']) {
        for (const name of ['', 'a', 'n']) {
          const address = watchAddress({ cluster, namespace, name });
          for (const key of keys) {
            const isMeant =
              (typeof cluster !== 'string' || cluster === key.cluster) &&
              (namespace === '' || namespace === key.namespace) &&
              (name === '' || name === key.name);
            expect(addressesOf(key).filter((one) => one === address).length).toBe(isMeant ? 1 : 0);
          }
        }
      }
    }
  });
});
