import { objectAt, textAt, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import type { TestServer } from '@kcp/testing';
import { makeWorkspace, until, workspaces } from './fixture.ts';

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
/** What is mounted in these tests. */
export const clusters = '/apis/contrib.kcp.io/v1alpha1/kubeclusters';
const SOURCE = 'root:source';

/** A workspace to mount from, root:source, and one to mount, root:destination. */
export interface MountWorld {
  /** Makes what can be mounted. */
  mountable(name: string): Promise<void>;
  /** Sets its status. */
  say(name: string, status: JsonObject): Promise<void>;
  /** Makes a workspace of root:source that mounts it. */
  mount(name: string, target: string): Promise<void>;
  /** Waits until such a workspace is in a phase. */
  whenIn(name: string, phase: string): Promise<KubeObject>;
}

/** Furnishes a server for mounts. */
export async function mountWorld(server: TestServer): Promise<MountWorld> {
  const type = { name: 'organization', path: 'root' };
  await makeWorkspace(server, 'root', { name: 'destination', type });
  await makeWorkspace(server, 'root', { name: 'source', type });
  await define(server);
  const source = server.client(SOURCE);
  return {
    mountable: async (name) => {
      await source.create(clusters, { apiVersion: 'contrib.kcp.io/v1alpha1', kind: 'KubeCluster', metadata: { name } });
    },
    say: async (name, status) => {
      const [path, contentType] = [`${clusters}/${name}/status`, 'application/merge-patch+json'];
      await source.request(path, { method: 'PATCH', body: { status }, contentType });
    },
    mount: async (name, target) => {
      const ref = { apiVersion: 'contrib.kcp.io/v1alpha1', kind: 'KubeCluster', name: target };
      const head = { apiVersion: 'tenancy.kcp.io/v1alpha1', kind: 'Workspace' };
      await source.create(workspaces, { ...head, metadata: { name }, spec: { mount: { ref } } });
    },
    whenIn: (name, phase) =>
      until(server, SOURCE, name, (object) => textAt(objectAt({ ...object }, 'status'), 'phase') === phase),
  };
}

async function define(server: TestServer): Promise<void> {
  const client = server.client(SOURCE);
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const version = { name: 'v1alpha1', served: true, storage: true, schema, subresources: { status: {} } };
  const names = { plural: 'kubeclusters', singular: 'kubecluster', kind: 'KubeCluster', listKind: 'KubeClusterList' };
  await client.create(definitions, {
    metadata: { name: 'kubeclusters.contrib.kcp.io' },
    spec: { group: 'contrib.kcp.io', scope: 'Cluster', names, versions: [version] },
  });
  for await (const { object } of client.watch(definitions, {}, AbortSignal.timeout(20_000)))
    if (/"type":"Established"/.test(JSON.stringify(object))) return;
}
