import { beforeEach, describe, expect, it } from '@jest/globals';
import { parseLabelSelector, type KubeObject } from '@kcp/api-machinery';
import { parseName, root, type LogicalCluster } from '@kcp/logical-cluster';
import { byCluster, byNamespace, byOwnerUid } from './indexers.ts';
import { ObjectCache, type Replacement } from './object-cache.ts';
import type { ObjectChange } from './object-change.ts';

function cluster(name: string): LogicalCluster {
  const parsed = parseName(name);
  if (parsed === undefined) throw new Error(name);
  return parsed;
}

interface Made {
  readonly version?: number;
  readonly uid?: string;
  readonly namespace?: string;
  readonly cluster?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

function made(name: string, { version = 1, uid = `uid-${name}`, namespace = 'n', ...more }: Made = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace,
      uid,
      resourceVersion: String(version),
      ...(more.labels && { labels: more.labels }),
      ...(more.cluster && { annotations: { 'kcp.io/cluster': more.cluster } }),
    },
    data: { version: String(version) },
  };
}

function tell({ kind, key, object, previous, isFinalStateUnknown }: ObjectChange): string {
  const versions = [previous, object].map((state) => state?.metadata.resourceVersion ?? '-').join('→');
  return `${kind} ${key.cluster}/${key.namespace}/${key.name} ${versions}${isFinalStateUnknown ? ' unknown' : ''}`;
}

describe('a cache', () => {
  let cache: ObjectCache<KubeObject, 'namespace' | 'owner' | 'cluster'>;
  let told: string[];
  beforeEach(() => {
    cache = new ObjectCache({
      cluster: root,
      indexers: { namespace: byNamespace, owner: byOwnerUid, cluster: byCluster },
    });
    told = [];
    cache.follow({ change: (change) => void told.push(tell(change)), drained: () => undefined });
  });

  const replaceWith = (...objects: KubeObject[]): void => {
    const replacement: Replacement<KubeObject> = new Map();
    for (const object of objects) cache.collect(replacement, object);
    cache.replace(replacement);
  };

  it('tells what is added, modified and deleted, with the state before', () => {
    cache.put(made('a'));
    cache.put(made('a', { version: 2 }));
    cache.delete(made('a', { version: 3 }));
    expect(told).toEqual(['added root/n/a -→1', 'modified root/n/a 1→2', 'deleted root/n/a 2→3']);
    expect([cache.size, cache.bytes]).toEqual([0, 0]);
  });

  it('says nothing of what it knows in that very state, nor of a deletion of what it does not know', () => {
    cache.put(made('a'));
    cache.put(made('a'));
    cache.delete(made('b'));
    expect(told).toEqual(['added root/n/a -→1']);
  });

  it('tells another object of the same name as a deletion and an addition', () => {
    cache.put(made('a'));
    cache.put(made('a', { uid: 'another', version: 5 }));
    cache.delete(made('a', { version: 6 }));
    expect(told).toEqual(['added root/n/a -→1', 'deleted root/n/a 1→1', 'added root/n/a -→5']);
    expect(cache.get({ cluster: root, namespace: 'n', name: 'a' })?.metadata.uid).toBe('another');
  });

  it('tells a replacement as exactly the differences, what vanished with its last known state', () => {
    for (const name of ['same', 'changed', 'gone', 'remade']) cache.put(made(name));
    const same = cache.get({ cluster: root, namespace: 'n', name: 'same' });
    told.length = 0;
    replaceWith(made('same'), made('changed', { version: 7 }), made('new'), made('remade', { uid: 'x', version: 9 }));
    expect(told.toSorted()).toEqual([
      'added root/n/new -→1',
      'added root/n/remade -→9',
      'deleted root/n/gone 1→1 unknown',
      'deleted root/n/remade 1→1 unknown',
      'modified root/n/changed 1→7',
    ]);
    expect(cache.get({ cluster: root, namespace: 'n', name: 'same' })).toBe(same);
  });

  it('takes what is streamed and deleted before the end of the stream for not there', () => {
    const replacement: Replacement<KubeObject> = new Map();
    cache.collect(replacement, made('a'));
    cache.collect(replacement, made('b'));
    cache.uncollect(replacement, made('a', { version: 2 }));
    cache.replace(replacement);
    expect(told).toEqual(['added root/n/b -→1']);
  });

  it('keeps objects of one name in several logical clusters apart', () => {
    cache.put(made('a', { cluster: 'one' }));
    cache.put(made('a', { cluster: 'two', version: 2 }));
    expect(told).toEqual(['added one/n/a -→1', 'added two/n/a -→2']);
    expect(cache.get({ cluster: cluster('two'), namespace: 'n', name: 'a' })?.metadata.resourceVersion).toBe('2');
    expect(cache.get({ cluster: root, namespace: 'n', name: 'a' })).toBeUndefined();
    expect(cache.list({ cluster: cluster('one') })).toHaveLength(1);
    expect(cache.byIndex('cluster', 'two')).toHaveLength(1);
  });

  it('over many logical clusters refuses an object that does not say its own, and one that says nonsense', () => {
    const wildcard = new ObjectCache<KubeObject>({ cluster: undefined, indexers: {} });
    expect(() => wildcard.put(made('a'))).toThrow('does not say its logical cluster');
    expect(() => wildcard.put(made('a', { cluster: 'root:org' }))).toThrow('does not say its logical cluster');
    expect(() => wildcard.put(made('', { cluster: 'one' }))).toThrow('has no name');
    expect(wildcard.size).toBe(0);
  });

  it('lists by namespace, labels and index', () => {
    cache.put(made('a', { labels: { app: 'web' } }));
    cache.put(made('b', { labels: { app: 'db' } }));
    cache.put(made('c', { namespace: 'm', labels: { app: 'web' } }));
    const names = (objects: readonly KubeObject[]): unknown[] => objects.map(({ metadata }) => metadata.name);
    expect(names(cache.list({ labels: parseLabelSelector('app=web') }))).toEqual(['a', 'c']);
    expect(names(cache.list({ namespace: 'n', labels: parseLabelSelector('app in (db)') }))).toEqual(['b']);
    expect(names(cache.byIndex('namespace', 'm'))).toEqual(['c']);
    expect(names(cache.byIndex('owner', 'nobody'))).toEqual([]);
  });

  it('moves objects between the values of an index', () => {
    const owned = (uid: string, version: number): KubeObject => {
      const object = made('a', { version });
      const owner = { apiVersion: 'v1', kind: 'X', name: 'x', uid };
      return { ...object, metadata: { ...object.metadata, ownerReferences: [owner, owner] } };
    };
    cache.put(owned('first', 1));
    cache.put(owned('second', 2));
    expect([cache.byIndex('owner', 'first').length, cache.byIndex('owner', 'second').length]).toEqual([0, 1]);
    cache.delete(owned('second', 3));
    expect(cache.byIndex('owner', 'second')).toEqual([]);
  });

  it('hands out objects that nobody can change', () => {
    cache.put(made('a'));
    const object = cache.get({ cluster: root, namespace: 'n', name: 'a' });
    expect(() => Object.assign(object?.['data'] ?? {}, { x: '1' })).toThrow(TypeError);
    expect(() => Object.assign(object?.metadata ?? {}, { name: 'b' })).toThrow(TypeError);
  });

  it('leaves bookkeeping out', () => {
    const { metadata, ...rest } = made('a', { cluster: 'one' });
    cache.put({
      ...rest,
      metadata: {
        ...metadata,
        managedFields: [{ manager: 'x' }],
        annotations: { ...metadata.annotations, 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
      },
    });
    expect(cache.list()).toEqual([made('a', { cluster: 'one' })]);
  });

  it('is as it was where an indexer throws, and no other object suffers', () => {
    const fragile = new ObjectCache<KubeObject, 'x'>({
      cluster: root,
      indexers: {
        x: ({ metadata }) => {
          if (metadata.name === 'bad') throw new Error('cannot index');
          return ['1'];
        },
      },
    });
    fragile.put(made('good'));
    expect(() => fragile.put(made('bad'))).toThrow('cannot index');
    expect([fragile.size, fragile.byIndex('x', '1').length]).toEqual([1, 1]);
  });

  it('counts about what it holds', () => {
    cache.put(made('a'));
    const one = cache.bytes;
    cache.put(made('b'));
    expect(cache.bytes).toBe(2 * one);
    cache.put({ ...made('b', { version: 2 }), data: { text: 'x'.repeat(1000) } });
    expect(cache.bytes).toBeGreaterThan(2 * one + 900);
    replaceWith(made('a'));
    expect(cache.bytes).toBe(one);
  });
});
