import { describe, expect, it } from '@jest/globals';
import type { AdmissionAttributes } from '@kcp/admission';
import { admissionAttributes, firstPass } from '@kcp/admission/testing';
import { ApiError } from '@kcp/api-machinery';
import { root } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import { namespaces } from '../core/namespace.ts';
import { admin } from '../testing/context.ts';
import { World } from '../testing/world.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';

const world = new World([namespaces()]);
const plugin = namespaceLifecycle(world.reader as ObjectReader);
const gvr = { group: '', version: 'v1', resource: 'namespaces' };

function write(fields: Partial<AdmissionAttributes>): AdmissionAttributes {
  return admissionAttributes({ user: admin, ...fields });
}

function refusal(run: () => unknown): ApiError | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof ApiError) return error;
  }
  return undefined;
}

describe('NamespaceLifecycle', () => {
  it('lets nothing be created in a namespace that is not there', () => {
    const error = refusal(() => plugin.mutate?.(write({}), firstPass));
    expect([error?.code, error?.message]).toEqual([404, 'namespaces "here" not found']);
  });

  it('lets objects into living namespaces only, and lets those in ending ones be changed', async () => {
    await world.writer.create({ cluster: root, resource: gvr, namespace: '' }, { metadata: { name: 'here' } });
    expect(plugin.mutate?.(write({}), firstPass)).toMatchObject({ metadata: { name: 'late' } });
    await world.writer.remove({ cluster: root, resource: gvr, namespace: '', name: 'here' });
    const error = refusal(() => plugin.mutate?.(write({}), firstPass));
    expect(error?.message).toBe(
      'configmaps "late" is forbidden: unable to create new content in namespace here because it is being terminated',
    );
    expect(error?.details?.causes).toEqual([
      { reason: 'NamespaceTerminating', message: 'namespace here is being terminated', field: 'metadata.namespace' },
    ]);
    expect(refusal(() => plugin.mutate?.(write({ operation: 'UPDATE' }), firstPass))).toBeUndefined();
    expect(refusal(() => plugin.mutate?.(write({ namespace: '', resource: gvr }), firstPass))).toBeUndefined();
  });

  it.each([
    ['default', 403],
    ['kube-system', 403],
    ['mine', undefined],
  ])('deletion of the namespace %s: %s', (name, code) => {
    const error = refusal(() =>
      plugin.validate?.(write({ operation: 'DELETE', resource: gvr, namespace: name, name })),
    );
    expect(error?.code).toBe(code);
  });
});
