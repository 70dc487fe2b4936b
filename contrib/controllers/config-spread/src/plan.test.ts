import { describe, expect, it } from '@jest/globals';
import type { KubeObject, ObjectMeta } from '@kcp/api-machinery';
import { FINALIZER, SPREAD_LABEL } from './config-spread.ts';
import { mend, plan } from './plan.ts';
import { statusOf } from './status.ts';

const spread: KubeObject = {
  apiVersion: 'contrib.kcp.io/v1alpha1',
  kind: 'ConfigSpread',
  metadata: { name: 'motd', uid: 'u1', generation: 2, finalizers: [FINALIZER] },
  spec: { namespaceSelector: { matchLabels: { tier: 'web' } }, data: { text: 'hello' } },
};

function namespace(name: string, tier: string, more: ObjectMeta = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { tier }, ...more } };
}

const world = { namespaces: [namespace('a', 'web'), namespace('b', 'web'), namespace('c', 'db')], copies: [] };
const [copyA, copyB] = plan(spread, world).create;

function names(objects: readonly KubeObject[]): unknown[] {
  return objects.map(({ metadata }) => metadata.namespace);
}

describe('the plan of a spread', () => {
  it('makes a copy in each namespace that is picked and is not going', () => {
    const going = namespace('d', 'web', { deletionTimestamp: '2026-01-01T00:00:00Z' });
    const steps = plan(spread, { ...world, namespaces: [...world.namespaces, going] });
    expect([names(steps.create), steps.copies]).toEqual([['a', 'b'], 2]);
    expect(steps.create[0]).toMatchObject({
      kind: 'ConfigMap',
      metadata: {
        name: 'motd',
        labels: { [SPREAD_LABEL]: 'motd' },
        ownerReferences: [{ uid: 'u1', controller: true }],
      },
      data: { text: 'hello' },
    });
  });

  it('does nothing where all is as it should be', () => {
    const copies = [copyA, copyB].flatMap((copy) => (copy === undefined ? [] : [copy]));
    expect(plan(spread, { ...world, copies })).toEqual({ create: [], update: [], delete: [], copies: 2 });
  });

  it('mends what was changed, and keeps what others put there', () => {
    if (copyA === undefined) throw new Error('no copy');
    const metadata = { ...copyA.metadata, resourceVersion: '9', labels: { ...copyA.metadata.labels, theirs: '1' } };
    const spoiled = { ...copyA, metadata, data: { text: 'spoiled' }, binaryData: { x: 'AA==' } };
    const [mended] = plan(spread, { ...world, copies: [spoiled] }).update;
    expect(mended).toEqual({ ...copyA, metadata });
    expect(mended && mend(mended, copyA)).toEqual(mended);
  });

  it('deletes copies where they are not wanted any more, but only its own', () => {
    if (copyA === undefined) throw new Error('no copy');
    const inC = { ...copyA, metadata: { ...copyA.metadata, namespace: 'c' } };
    const foreign = { ...inC, metadata: { ...inC.metadata, namespace: 'e', ownerReferences: [] } };
    expect(names(plan(spread, { ...world, copies: [inC, foreign] }).delete)).toEqual(['c']);
  });

  it('refuses a selector that is none', () => {
    const spec = { namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: [] }] }, data: {} };
    expect(() => plan({ ...spread, spec }, world)).toThrow(/for 'in', 'notin' operators/);
  });
});

describe('the status of a spread', () => {
  const now = '2026-01-01T00:00:00Z';

  it('says how many copies there are, and stays as it is', () => {
    const status = statusOf(spread, { copies: 2, taken: [] }, now);
    expect(status).toMatchObject({
      observedGeneration: 2,
      copies: 2,
      conditions: [{ status: 'True', reason: 'Spread' }],
    });
    if (status === undefined) return;
    expect(statusOf({ ...spread, status }, { copies: 2, taken: [] }, '2026-02-02T00:00:00Z')).toBeUndefined();
  });

  it('keeps the time of a condition until its status changes', () => {
    const status = statusOf(spread, { copies: 2, taken: [] }, now) ?? {};
    const later = '2026-02-02T00:00:00Z';
    expect(statusOf({ ...spread, status }, { copies: 3, taken: [] }, later)).toMatchObject({
      conditions: [{ lastTransitionTime: now }],
    });
    expect(statusOf({ ...spread, status }, { copies: 1, taken: ['b'] }, later)).toMatchObject({
      conditions: [{ status: 'False', reason: 'NameTaken', lastTransitionTime: later }],
    });
  });

  it('names a few of many', () => {
    const taken = ['g', 'f', 'e', 'd', 'c', 'b', 'a'];
    const status = statusOf(spread, { copies: 0, taken }, now);
    expect(JSON.stringify(status)).toContain('a, b, c, d, e and 2 more');
    expect(JSON.stringify(statusOf(spread, { copies: 0, taken: [], invalid: 'no' }, now))).toContain('InvalidSpec');
  });
});
