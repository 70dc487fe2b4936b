import { describe, expect, it } from '@jest/globals';
import { root, type LogicalCluster } from '@kcp/logical-cluster';
import { openTestStore } from '@kcp/object-store/testing';
import type { ObjectWriter } from '@kcp/object-store';
import { compiledPolicies } from './compiled-policy.ts';
import { policySource } from './policy-source.ts';
import { decodeValidatingPolicy, type ValidatingSpec } from './stored-policy.ts';

const group = 'admissionregistration.k8s.io';
const kind = { policies: 'policies', bindings: 'bindings', decode: decodeValidatingPolicy };

async function put(store: ObjectWriter, resource: string, name: string, spec: object, cluster: LogicalCluster = root) {
  const [bucket, key] = [
    { group, resource },
    { cluster, namespace: '', name },
  ];
  const object = { apiVersion: `${group}/v1`, kind: 'X', metadata: { name }, spec: { ...spec } };
  const current = store.get(bucket, key);
  const row = { bucket, key, object, fingerprint: 'v1' };
  await store.commit([current ? { kind: 'update', ...row, expected: current.revision } : { kind: 'create', ...row }]);
}

describe('the policies of a logical cluster', () => {
  it('are those with a binding, by name; bindings without a policy are none', async () => {
    const { store } = await openTestStore();
    using _store = store;
    const source = policySource<ValidatingSpec>(store, kind, 1 << 20);
    expect(source(root)).toEqual([]);
    for (const name of ['b', 'a', 'unbound']) await put(store, 'policies', name, {});
    for (const [name, policyName] of [
      ['1', 'b'],
      ['2', 'a'],
      ['3', 'b'],
      ['4', 'gone'],
    ] as const)
      await put(store, 'bindings', name, { policyName });
    expect(source(root).map(({ policy, bindings }) => [policy.name, bindings.map(({ name }) => name)])).toEqual([
      ['a', ['2']],
      ['b', ['1', '3']],
    ]);
    expect(source(root)).toBe(source(root));
  });

  it('are all of them where there are more than one page of them', async () => {
    const { store } = await openTestStore();
    using _store = store;
    await put(store, 'policies', 'p', {});
    for (let at = 0; at < 501; at += 1) await put(store, 'bindings', `b${at}`, { policyName: 'p' });
    expect(policySource<ValidatingSpec>(store, kind, 1 << 20)(root)[0]?.bindings.length).toBe(501);
  });

  it('are not kept where they would take more than a quarter of what may be kept', async () => {
    const { store } = await openTestStore();
    using _store = store;
    const source = policySource<ValidatingSpec>(store, kind, 1000);
    await put(store, 'policies', 'p', { variables: [{ name: 'a', expression: 'x'.repeat(300) }] });
    await put(store, 'bindings', 'p', { policyName: 'p' });
    expect(source(root)).toEqual(source(root));
    expect(source(root)).not.toBe(source(root));
  });

  it('share what they compile to with all that say the same about other resources', async () => {
    let compiled = 0;
    const compiledOf = compiledPolicies(() => ({ number: (compiled += 1) }), 1 << 20);
    const policy = (expression: string, resource: string) =>
      decodeValidatingPolicy({
        apiVersion: `${group}/v1`,
        kind: 'X',
        metadata: { name: resource },
        spec: { matchConstraints: { resourceRules: [{ resources: [resource] }] }, validations: [{ expression }] },
      });
    expect(compiledOf(policy('true', 'a'))).toBe(compiledOf(policy('true', 'b')));
    expect(compiledOf(policy('false', 'a'))).toEqual({ number: 2 });
  });
});
