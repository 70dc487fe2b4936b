import { describe, expect, it } from '@jest/globals';
import type { KubeObject, ObjectMeta } from '@kcp/api-machinery';
import { root } from '@kcp/logical-cluster';
import type { ObjectChange } from '../cache/object-change.ts';
import { ownerKeys, ownKey } from './key-mapping.ts';
import { allOf, annotationsChanged, anyOf, generationChanged, labelsChanged } from './predicates.ts';

function object(metadata: ObjectMeta): KubeObject {
  return { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'a', namespace: 'n', ...metadata } };
}

function modified(before: ObjectMeta, after: ObjectMeta): ObjectChange {
  const key = { cluster: root, namespace: 'n', name: 'a' };
  return { kind: 'modified', key, object: object(after), previous: object(before), isFinalStateUnknown: false };
}

const added: ObjectChange = { ...modified({}, { generation: 1 }), kind: 'added', previous: undefined };
const deleted: ObjectChange = { ...modified({ generation: 1 }, { generation: 2 }), kind: 'deleted' };

describe('predicates', () => {
  it('see a change of the generation, and let kinds without one pass', () => {
    expect(generationChanged(modified({ generation: 1 }, { generation: 1 }))).toBe(false);
    expect(generationChanged(modified({ generation: 1 }, { generation: 2 }))).toBe(true);
    expect(generationChanged(modified({}, {}))).toBe(true);
  });

  it('see a change of labels and annotations only', () => {
    const relabelled = modified({ labels: { a: '1' } }, { labels: { a: '2' } });
    expect([labelsChanged(relabelled), annotationsChanged(relabelled)]).toEqual([true, false]);
    const annotated = modified({}, { annotations: { a: '1' } });
    expect([labelsChanged(annotated), annotationsChanged(annotated)]).toEqual([false, true]);
    expect(labelsChanged(modified({ labels: {} }, {}))).toBe(false);
  });

  it('let additions and deletions pass', () => {
    for (const predicate of [generationChanged, labelsChanged, annotationsChanged]) {
      expect([predicate(added), predicate(deleted)]).toEqual([true, true]);
    }
  });

  it('are joined', () => {
    const change = modified({ generation: 1, labels: { a: '1' } }, { generation: 1 });
    expect(anyOf(generationChanged, labelsChanged)(change)).toBe(true);
    expect(allOf(generationChanged, labelsChanged)(change)).toBe(false);
    expect([anyOf()(change), allOf()(change)]).toEqual([false, true]);
  });
});

describe('keys of a change', () => {
  const owner = (name: string, more = {}): NonNullable<ObjectMeta['ownerReferences']>[number] => {
    return { apiVersion: 'demo.io/v2', kind: 'Parent', name, uid: name, ...more };
  };

  it('are its own', () => {
    expect([...ownKey(added)]).toEqual([{ cluster: root, namespace: 'n', name: 'a' }]);
  });

  it('are those of its owners of a kind, before and after', () => {
    const change = modified(
      { ownerReferences: [owner('old'), owner('both')] },
      { ownerReferences: [owner('both'), owner('other', { kind: 'Else' }), owner('far', { apiVersion: 'x.io/v1' })] },
    );
    const keys = [...ownerKeys({ group: 'demo.io', kind: 'Parent', isNamespaced: true })(change)];
    expect(keys).toEqual(['old', 'both'].map((name) => ({ cluster: root, namespace: 'n', name })));
    const wide = [...ownerKeys({ group: 'demo.io', kind: 'Parent', isNamespaced: false })(change)];
    expect(wide.map(({ namespace }) => namespace)).toEqual(['', '']);
  });

  it('can be those of the controlling owner only', () => {
    const change = modified({}, { ownerReferences: [owner('a'), owner('b', { controller: true })] });
    const keys = [...ownerKeys({ group: 'demo.io', kind: 'Parent', isNamespaced: true, isController: true })(change)];
    expect(keys.map(({ name }) => name)).toEqual(['b']);
  });
});
