import type { GroupVersionResource } from '@kcp/api-machinery';
import type { Bucket } from '@kcp/object-store';

/** Where a kind of ours lies, and the version that the server itself reads and writes it in. */
export interface Home {
  readonly bucket: Bucket;
  readonly resource: GroupVersionResource;
}

function home(group: string, version: string, resource: string): Home {
  return { bucket: { group, resource }, resource: { group, version, resource } };
}

export const workspaces = home('tenancy.kcp.io', 'v1alpha1', 'workspaces');
export const workspaceTypes = home('tenancy.kcp.io', 'v1alpha1', 'workspacetypes');
/** Each logical cluster has one, which is named `cluster`. */
export const logicalClusters = home('core.kcp.io', 'v1alpha1', 'logicalclusters');
export const shards = home('core.kcp.io', 'v1alpha1', 'shards');
export const partitions = home('topology.kcp.io', 'v1alpha1', 'partitions');
export const partitionSets = home('topology.kcp.io', 'v1alpha1', 'partitionsets');
export const apiBindings = home('apis.kcp.io', 'v1alpha2', 'apibindings');
export const namespaces = home('', 'v1', 'namespaces');
export const clusterRoleBindings = home('rbac.authorization.k8s.io', 'v1', 'clusterrolebindings');
/** Further ways to sign in to workspaces of the types beside it. */
export const authenticationConfigurations = home('tenancy.kcp.io', 'v1alpha1', 'workspaceauthenticationconfigurations');
