import type { KubeObject, OwnerReference } from '@kcp/api-machinery';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Backend } from '@kcp/storage';
import type { Bucket, ObjectKey } from './keys.ts';
import type { ObjectWrite, ObjectWriter } from './object-store.ts';
import { OWNER_LIMIT } from './owner-index.ts';
import { configMap, configMaps, everywhere, keyOf, openTestStore, Recorder, widgets } from './testing/fixture.ts';

const root = 'root' as LogicalCluster;
const a = keyOf('root', 'default', 'a');

let store: ObjectWriter;
let backend: Backend;
beforeEach(async () => {
  ({ store, backend } = await openTestStore());
});

function owner(uid: string, blockOwnerDeletion?: boolean): OwnerReference {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: 'o',
    uid,
    ...(blockOwnerDeletion !== undefined && { blockOwnerDeletion }),
  };
}

function owned(key: ObjectKey, ownerReferences: readonly OwnerReference[]): KubeObject {
  const object = configMap(key);
  return { ...object, metadata: { ...object.metadata, ownerReferences } };
}

function create(key: ObjectKey, owners: readonly OwnerReference[], bucket: Bucket = configMaps): ObjectWrite {
  return { kind: 'create', bucket, key, object: owned(key, owners), fingerprint: 'v1' };
}

function update(key: ObjectKey, owners: readonly OwnerReference[]): ObjectWrite {
  const expected = store.get(configMaps, key)?.revision ?? -1;
  return { kind: 'update', bucket: configMaps, key, object: owned(key, owners), fingerprint: 'v1', expected };
}

function removal(key: ObjectKey): ObjectWrite {
  return { kind: 'delete', bucket: configMaps, key, expected: store.get(configMaps, key)?.revision ?? -1 };
}

function dependants(uid: string, cluster = root): readonly string[] {
  const page = store.dependants({ cluster, owner: uid, limit: 1_000 });
  return page.dependants.map(
    ({ bucket, key, blocks }) => `${bucket.resource} ${key.namespace}/${key.name}${blocks ? '!' : ''}`,
  );
}

describe('the owner index', () => {
  it('knows the dependants of an owner in its logical cluster, of all resources, those that block first', async () => {
    await store.commit([create(a, [owner('u')])]);
    await store.commit([create(keyOf('root', '', 'w'), [owner('u', true)], widgets)]);
    await store.commit([create(keyOf('other', 'default', 'b'), [owner('u')])]);
    expect(dependants('u')).toEqual(['widgets /w!', 'configmaps default/a']);
    expect(store.dependants({ cluster: root, owner: 'u', blocking: true, limit: 10 }).dependants).toEqual([
      { bucket: widgets, key: keyOf('root', '', 'w'), blocks: true },
    ]);
    expect(dependants('u', 'other' as LogicalCluster)).toEqual(['configmaps default/b']);
    expect(dependants('v')).toEqual([]);
  });

  it('gives them in pages', async () => {
    for (let index = 0; index < 7; index++)
      await store.commit([create(keyOf('root', 'n', `k${index}`), [owner('u', index > 4)])]);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = store.dependants({ cluster: root, owner: 'u', limit: 3, ...(after !== undefined && { after }) });
      seen.push(page.dependants.map(({ key }) => key.name).join(' '));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toEqual(['k5 k6 k0', 'k1 k2 k3', 'k4']);
  });

  it('follows the references of an object, and forgets it with the object', async () => {
    await store.commit([create(a, [owner('u'), owner('v'), owner('v', true)])]);
    expect([dependants('u'), dependants('v')]).toEqual([['configmaps default/a'], ['configmaps default/a!']]);
    await store.commit([update(a, [owner('u', true), owner('w')])]);
    expect([dependants('u'), dependants('v'), dependants('w')]).toEqual([
      ['configmaps default/a!'],
      [],
      ['configmaps default/a'],
    ]);
    await store.commit([update(a, [])]);
    expect([dependants('u'), dependants('w')]).toEqual([[], []]);
    await store.commit([update(a, [owner('u')])]);
    await store.commit([removal(a)]);
    expect(dependants('u')).toEqual([]);
  });

  it('is written in the commit of the object, after it, and not at all where that is refused', async () => {
    const outcome = await store.commit([create(a, [owner('u')]), create(keyOf('root', 'n', 'b'), [])]);
    expect(outcome).toMatchObject({ objects: [{ revision: 1 }, { revision: 2 }] });
    expect(store.head()).toBe(3);
    await store.commit([create(a, [owner('x')])]);
    await store.commit([{ ...update(a, [owner('x')]), expected: 99 } as ObjectWrite]);
    expect([dependants('x'), store.head()]).toEqual([[], 3]);
  });

  it('writes nothing for objects without owners, or with the owners they had', async () => {
    await store.commit([create(a, [])]);
    await store.commit([update(a, [])]);
    await store.commit([removal(a)]);
    expect(store.head()).toBe(3);
    await store.commit([create(a, [owner('u')])]);
    await store.commit([update(a, [owner('u')])]);
    expect(store.head()).toBe(6);
  });

  it('believes what the writer read instead of reading it again', async () => {
    await store.commit([create(a, [owner('u')])]);
    const previous = store.get(configMaps, a);
    if (previous === undefined) throw new Error('not there');
    await store.commit([{ ...update(a, [owner('v')]), previous } as ObjectWrite]);
    expect([dependants('u'), dependants('v')]).toEqual([[], ['configmaps default/a']]);
  });

  it('takes any text for a uid', async () => {
    const strange = ['a/b', 'ü', '\ud800', '\0', 'x'.repeat(10_000), '=', '..', '__proto__'];
    await store.commit([
      create(
        a,
        strange.map((uid) => owner(uid)),
      ),
    ]);
    for (const uid of strange) expect(dependants(uid)).toEqual(['configmaps default/a']);
    expect(dependants('a')).toEqual([]);
  });

  it('holds up to 90 owners of one object, and refuses more', async () => {
    const uids = Array.from({ length: OWNER_LIMIT + 1 }, (_, index) => owner(`u${index}`));
    await expect(store.commit([create(a, uids)])).rejects.toMatchObject({
      reason: 'Invalid',
      message: 'ConfigMap "a" is invalid: metadata.ownerReferences: Too many: 91: must have at most 90 items',
    });
    await store.commit([create(a, uids.slice(1))]);
    await store.commit([update(a, [owner('other')])]);
    expect([dependants('u1'), dependants('u90'), dependants('other')]).toEqual([[], [], ['configmaps default/a']]);
  });

  it('lets a full commit of deletions through: rows that find no room go after it', async () => {
    const keys = Array.from({ length: 100 }, (_, index) => keyOf('root', 'n', `k${index}`));
    for (const key of keys) await store.commit([create(key, [owner('u')])]);
    const [first, ...rest] = keys as [ObjectKey, ...ObjectKey[]];
    const [outcome] = await Promise.all([store.commit(keys.map(removal)), store.commit([create(first, [owner('u')])])]);
    expect(outcome.kind).toBe('committed');
    // made anew while its old row was on its way out
    expect(dependants('u')).toEqual(['configmaps n/k0']);
    expect(rest.map((key) => store.get(configMaps, key))).toEqual(rest.map(() => undefined));
  });

  it('is no object: neither a watch of everything nor a list of everything tells of it', async () => {
    const recorder = new Recorder();
    using _watch = store.watchEverything({ after: 0 }, recorder);
    await store.commit([create(a, [owner('u')])]);
    await store.commit([create(keyOf('root', '', 'w'), [owner('u')], widgets)]);
    await backend.commit(
      [],
      [{ kind: 'put', key: '/internal.kcp.io/checkpoints/system:shard/x', value: Buffer.from('') }],
    );
    await store.commit([create(keyOf('root', '', 'z'), [], { group: 'z.io', resource: 'z' })]);
    await store.commit([removal(a)]);
    await new Promise((resolve) => void setImmediate(resolve));
    expect(recorder.told).toEqual(['put a@1', 'put w@3', 'put z@6', 'delete a@7']);
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = store.everything({ limit: 1, ...(after !== undefined && { after }) });
      seen.push(...page.objects.map(({ bucket, key }) => `${bucket.resource}:${bucket.identity} ${key.name}`));
      after = page.next;
    } while (after !== undefined);
    expect(seen).toEqual(['widgets:abc w', 'z:undefined z']);
    expect(store.page({ bucket: configMaps, cluster: everywhere }).objects).toEqual([]);
  });
});
