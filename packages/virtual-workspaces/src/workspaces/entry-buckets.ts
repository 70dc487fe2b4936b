import { logicalClusters } from '@kcp/tenancy';
import type { Bucket } from '@kcp/object-store';

export const clusterRoleBindings: Bucket = { group: 'rbac.authorization.k8s.io', resource: 'clusterrolebindings' };
export const clusterRoles: Bucket = { group: 'rbac.authorization.k8s.io', resource: 'clusterroles' };

/** Whatever decides who may enter a logical cluster. */
export const deciding: readonly Bucket[] = [clusterRoleBindings, clusterRoles, logicalClusters.bucket];
