import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '@kcp/api-machinery';
import { parseName, root, type LogicalCluster } from '@kcp/logical-cluster';
import type { Bucket, ObjectWriter } from '@kcp/object-store';
import { openTestStore } from '@kcp/object-store/testing';
import { boundExports } from './bound-exports.ts';

const bindings: Bucket = { group: 'apis.kcp.io', resource: 'apibindings' };
const exports: Bucket = { group: 'apis.kcp.io', resource: 'apiexports' };
const consumer = parseName('consumer') as LogicalCluster;
const widgets = { group: 'acme.io', resource: 'widgets' };

let store: ObjectWriter;
beforeEach(async () => {
  ({ store } = await openTestStore());
});

async function put(bucket: Bucket, cluster: LogicalCluster, object: KubeObject): Promise<void> {
  const key = { cluster, namespace: '', name: object.metadata.name ?? '' };
  const current = store.get(bucket, key);
  const write = { bucket, key, object, fingerprint: 'v1' };
  const outcome = await store.commit([
    current ? { kind: 'update', ...write, expected: current.revision } : { kind: 'create', ...write },
  ]);
  expect(outcome.kind).toBe('committed');
}

const apiExport = (maximalPermissionPolicy?: object): KubeObject => ({
  apiVersion: 'apis.kcp.io/v1alpha2',
  kind: 'APIExport',
  metadata: { name: 'widgets' },
  spec: { ...(maximalPermissionPolicy && { maximalPermissionPolicy: { ...maximalPermissionPolicy } }) },
});
const binding = (status: object, path = 'root', name = 'b'): KubeObject => ({
  apiVersion: 'apis.kcp.io/v1alpha2',
  kind: 'APIBinding',
  metadata: { name },
  spec: { reference: { export: { path, name: 'widgets' } } },
  status: { ...status },
});
const bound = { apiExportClusterName: 'root', boundResources: [{ ...widgets }] };

describe('a resource', () => {
  it('is from nowhere else where there is no binding, or it says so of others', async () => {
    const find = boundExports(store);
    expect(find(consumer, widgets)).toBeUndefined();
    await put(bindings, consumer, binding(bound));
    expect(find(consumer, { ...widgets, resource: 'gadgets' })).toBeUndefined();
    expect(find(consumer, { ...widgets, group: '' })).toBeUndefined();
    expect(find(root, widgets)).toBeUndefined();
  });
  it('is from an export from the moment on in which a binding says so, until it does not', async () => {
    const find = boundExports(store);
    await put(exports, root, apiExport({ local: {} }));
    await put(bindings, consumer, binding({}));
    expect(find(consumer, widgets)).toBeUndefined();
    await put(bindings, consumer, binding(bound));
    expect(find(consumer, widgets)).toEqual({ cluster: 'root', name: 'widgets', policy: 'local' });
    await put(bindings, consumer, binding({ ...bound, boundResources: [] }));
    expect(find(consumer, widgets)).toBeUndefined();
  });
  it('is from where the binding was bound to, else from where its path leads, else from its own place', async () => {
    const home = async (status: object, path: string) => {
      await put(bindings, consumer, binding(status, path));
      return boundExports(store)(consumer, widgets)?.cluster;
    };
    const { boundResources } = bound;
    expect(await home({ boundResources, apiExportClusterName: 'there' }, 'root')).toBe('there');
    expect(await home({ boundResources }, 'elsewhere')).toBe('elsewhere');
    expect(await home({ boundResources }, '')).toBe('consumer');
    expect(await home({ boundResources }, 'root:nowhere')).toBeUndefined();
  });
});

describe('a policy', () => {
  it.each([
    ['none', apiExport()],
    ['local', apiExport({ local: {} })],
    ['other', apiExport({})],
    ['other', apiExport({ local: null })],
  ])('is %s', async (policy, object) => {
    await put(bindings, consumer, binding(bound));
    await put(exports, root, object);
    expect(boundExports(store)(consumer, widgets)?.policy).toBe(policy);
  });
  it('counts from the next question on', async () => {
    const find = boundExports(store);
    await put(bindings, consumer, binding(bound));
    expect(find(consumer, widgets)?.policy).toBe('gone');
    await put(exports, root, apiExport());
    expect(find(consumer, widgets)?.policy).toBe('none');
    await put(exports, root, apiExport({ local: {} }));
    expect(find(consumer, widgets)?.policy).toBe('local');
  });
});
