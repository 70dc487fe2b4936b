import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '@kcp/api-machinery';
import { metadataOnly, onlyFields, withoutBookkeeping } from './trim.ts';

const object: KubeObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', managedFields: [{}], annotations: { keep: '1' } },
  data: { a: '1' },
  binaryData: {},
};

describe('what a cache keeps', () => {
  it('is all but the bookkeeping', () => {
    expect(withoutBookkeeping(object)).toEqual({ ...object, metadata: { name: 'a', annotations: { keep: '1' } } });
  });

  it('is the very object where there is no bookkeeping', () => {
    const plain = withoutBookkeeping(object);
    expect(withoutBookkeeping(plain)).toBe(plain);
  });

  it('can be metadata alone', () => {
    expect(metadataOnly(object)).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', annotations: { keep: '1' } },
    });
  });

  it('can be some fields', () => {
    const kept = onlyFields('data', 'spec')(object);
    expect(Object.keys(kept).toSorted()).toEqual(['apiVersion', 'data', 'kind', 'metadata']);
  });

  it('never changes what it is given', () => {
    const before = structuredClone(object);
    for (const trim of [withoutBookkeeping, metadataOnly, onlyFields()]) trim(object);
    expect(object).toEqual(before);
  });
});
