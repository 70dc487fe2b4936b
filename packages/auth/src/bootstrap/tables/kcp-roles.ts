import type { Binding, PolicyRule, Role } from '../../rbac/objects.ts';
import { EXTERNAL_LOGICAL_CLUSTER_ADMIN, KCP_ADMIN, LOGICAL_CLUSTER_ADMIN } from '../../well-known.ts';
import { METRICS_READER, WORKSPACE_ACCESS, WORKSPACE_BOOTSTRAPPER } from '../../well-known.ts';
import { on, paths, READ } from './rule-notation.ts';

const role = (name: string, ...rules: readonly PolicyRule[]): Role => ({ name, labels: {}, rules });

/** kcp's own roles. */
export const kcpRoles: readonly Role[] = [
  role(
    'system:kcp:tenancy:reader',
    on(READ, 'tenancy.kcp.io', 'workspaces'),
    on(READ, 'tenancy.kcp.io', 'workspacetypes'),
    on(READ, 'core.kcp.io', 'logicalclusters'),
  ),
  role(WORKSPACE_BOOTSTRAPPER, on('*', '*', '*'), paths('*', '*')),
  role(
    LOGICAL_CLUSTER_ADMIN,
    on('*', 'core.kcp.io', 'logicalclusters logicalclusters/status'),
    on('delete update get', 'tenancy.kcp.io', 'workspaces'),
  ),
  role(
    EXTERNAL_LOGICAL_CLUSTER_ADMIN,
    on('delete update get', 'core.kcp.io', 'logicalclusters logicalclusters/status'),
    on('delete update patch get', 'tenancy.kcp.io', 'workspaces'),
    on('get', '', 'serviceaccounts secrets'),
    paths('access', '/'),
    on('create', 'authorization.k8s.io', 'subjectaccessreviews'),
    on('update patch get', 'apis.kcp.io', 'apiexportendpointslices/status'),
    on(READ, 'apis.kcp.io', 'apiexportendpointslices'),
    on('update patch get', 'cache.kcp.io', 'clustercachedresourceendpointslices/status'),
    on(READ, 'cache.kcp.io', 'clustercachedresourceendpointslices'),
    on('get', 'tenancy.kcp.io', 'workspaceauthenticationconfigurations'),
    on('create', 'migration.kcp.io', 'logicalclusterdumps'),
    on('get update patch', 'migration.kcp.io', 'logicalclustermigrations logicalclustermigrations/status'),
    on('list', 'apis.kcp.io', 'apibindings'),
    on('get', 'apis.kcp.io', 'apiexports apiresourceschemas'),
    on('get create', 'apiextensions.k8s.io', 'customresourcedefinitions'),
  ),
  role(WORKSPACE_ACCESS, paths('access', '/')),
  role(METRICS_READER, paths('get', '/metrics')),
];

const give = (roleName: string, name: string, ...groups: readonly string[]): Binding => ({
  name,
  subjects: groups.map((group) => ({ kind: 'Group', name: group })),
  roleRef: { kind: 'ClusterRole', name: roleName },
});

/** To whom kcp gives them. */
export const kcpBindings: readonly Binding[] = [
  give('cluster-admin', 'system:kcp:admin:cluster-admin', KCP_ADMIN),
  give(
    WORKSPACE_BOOTSTRAPPER,
    WORKSPACE_BOOTSTRAPPER,
    WORKSPACE_BOOTSTRAPPER,
    `apis.kcp.io:binding:${WORKSPACE_BOOTSTRAPPER}`,
  ),
  give(LOGICAL_CLUSTER_ADMIN, LOGICAL_CLUSTER_ADMIN, LOGICAL_CLUSTER_ADMIN),
  give(EXTERNAL_LOGICAL_CLUSTER_ADMIN, EXTERNAL_LOGICAL_CLUSTER_ADMIN, EXTERNAL_LOGICAL_CLUSTER_ADMIN),
];
