import { testUsers } from '@kcp/testing';
import { openClient, type BareClient } from './bare-client.ts';
import { create, createNamespaces } from './fixture.ts';
import type { ProbedServer } from './probe.ts';

/** A logical cluster with an owner of its own. */
export interface Tenant {
  readonly token: string;
  readonly client: BareClient;
  /** Its config maps. */
  readonly maps: string;
}

/** Makes a logical cluster in which a user may do everything, with the config map `a`. */
export async function createTenant(
  server: ProbedServer,
  cluster: string,
  user: keyof typeof testUsers,
): Promise<Tenant> {
  await createNamespaces(server, cluster, ['default']);
  await create(server, `/clusters/${cluster}/apis/core.kcp.io/v1alpha1/logicalclusters`, {
    apiVersion: 'core.kcp.io/v1alpha1',
    kind: 'LogicalCluster',
    metadata: { name: 'cluster' },
    spec: {},
  });
  await server.client.send(`/clusters/${cluster}/apis/core.kcp.io/v1alpha1/logicalclusters/cluster/status`, {
    method: 'PATCH',
    contentType: 'application/merge-patch+json',
    body: '{"status":{"phase":"Ready"}}',
  });
  await create(server, `/clusters/${cluster}/apis/rbac.authorization.k8s.io/v1/clusterrolebindings`, {
    metadata: { name: 'owner' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  });
  const { token } = testUsers[user];
  const maps = `/clusters/${cluster}/api/v1/namespaces/default/configmaps`;
  await create(server, maps, { metadata: { name: 'a' }, data: { k: 'x'.repeat(700) } });
  return { token, client: openClient({ ...server.address, token }), maps };
}
