import type { ClusterScope, LogicalCluster } from '@kcp/logical-cluster';

/** Where a request goes: one logical cluster by its resolved name, or all of them. */
export type AuthorizationScope = LogicalCluster | Extract<ClusterScope, { kind: 'wildcard' }>;
