import { beforeEach, describe, expect, it } from '@jest/globals';
import { root } from '@kcp/logical-cluster';
import type { ObjectWriter } from '@kcp/object-store';
import { openTestStore } from '@kcp/object-store/testing';
import { logicalClusters } from '../buckets.ts';
import { clusterLookup } from './cluster-lookup.ts';
import { logicalClusterKey } from './logical-cluster.ts';

let store: ObjectWriter;
beforeEach(async () => {
  ({ store } = await openTestStore());
});

async function put(annotations: Readonly<Record<string, string>>, phase = 'Ready'): Promise<void> {
  const { bucket } = logicalClusters;
  const key = logicalClusterKey(root);
  const metadata = { name: 'cluster', annotations };
  const object = { apiVersion: 'core.kcp.io/v1alpha1', kind: 'LogicalCluster', metadata, status: { phase } };
  const expected = store.get(bucket, key)?.revision;
  const write = { bucket, key, object, fingerprint: 'v1' };
  const outcome = await store.commit([
    expected === undefined ? { kind: 'create', ...write } : { kind: 'update', ...write, expected },
  ]);
  expect(outcome.kind).toBe('committed');
}

describe('a logical cluster', () => {
  it('is unknown until it is there, and after it went', async () => {
    const find = clusterLookup(store);
    expect(find(root)).toBeUndefined();
    await put({});
    expect(find(root)).toEqual({ phase: 'Ready', isInactive: false, type: '' });
    const { bucket } = logicalClusters;
    const key = logicalClusterKey(root);
    await store.commit([{ kind: 'delete', bucket, key, expected: store.get(bucket, key)?.revision ?? 0 }]);
    expect(find(root)).toBeUndefined();
  });
  it('is known as of its newest write', async () => {
    const find = clusterLookup(store);
    await put({}, 'Initializing');
    expect(find(root)?.phase).toBe('Initializing');
    await put({ 'internal.tenancy.kcp.io/type': 'root:team', 'authorization.kcp.io/required-groups': 'a;b' });
    expect(find(root)).toEqual({ phase: 'Ready', isInactive: false, type: 'root:team', requiredGroups: 'a;b' });
  });
  it.each(['core.kcp.io/inactive', 'internal.kcp.io/inactive'])(
    'is inactive by %s, as long as it says true',
    async (name) => {
      const find = clusterLookup(store);
      await put({ [name]: 'true' });
      expect(find(root)?.isInactive).toBe(true);
      await put({ [name]: 'false' });
      expect(find(root)?.isInactive).toBe(false);
    },
  );
  it('is read once as long as it is not written', async () => {
    let reads = 0;
    const find = clusterLookup({
      generation: (of) => store.generation(of),
      get: (...at) => ((reads += 1), store.get(...at)),
    });
    await put({});
    find(root);
    find(root);
    expect(reads).toBe(1);
  });
});
