import { resolveAggregation } from '../rbac/aggregation.ts';
import type { Role } from '../rbac/objects.ts';
import type { FixedPolicy } from '../rbac/rule-source.ts';
import { kcpBindings, kcpRoles } from './tables/kcp-roles.ts';
import { systemBindings, systemRoles } from './tables/system-roles.ts';
import { userRoles } from './tables/user-roles.ts';

/** The label of everything in the bootstrap policy. */
const BOOTSTRAPPING = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };

/**
 * The roles and bindings that every logical cluster has from the start, stored nowhere: Kubernetes' own where they mean
 * something here, and kcp's. Aggregated roles are resolved. Lay it under system:admin with `withFixedPolicy`.
 */
export function bootstrapPolicy(): FixedPolicy {
  const labelled = ({ labels, ...role }: Role): Role => ({ ...role, labels: { ...labels, ...BOOTSTRAPPING } });
  const clusterRoles = resolveAggregation([...systemRoles, ...userRoles, ...kcpRoles].map(labelled));
  return { clusterRoles, clusterRoleBindings: [...systemBindings, ...kcpBindings] };
}
