import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Binding, Role } from './objects.ts';

/**
 * Where RBAC reads roles and bindings. Answers are synchronous and come from the store; they are never changed afterwards.
 * Reading is rare: what is derived is kept as long as the generation stays the same.
 */
export interface RuleSource {
  /**
   * Changes whenever an answer below may have changed for this logical cluster: the newest revision of its roles and
   * bindings. Asked on every decision.
   */
  generation(cluster: LogicalCluster): number | string | bigint;
  clusterRoleBindings(cluster: LogicalCluster): readonly Binding[];
  roleBindings(cluster: LogicalCluster, namespace: string): readonly Binding[];
  clusterRole(cluster: LogicalCluster, name: string): Role | undefined;
  role(cluster: LogicalCluster, namespace: string, name: string): Role | undefined;
}

/** Roles and bindings that are given and never change. */
export interface FixedPolicy {
  readonly clusterRoles: readonly Role[];
  readonly clusterRoleBindings: readonly Binding[];
}

/**
 * Lays a fixed policy under one logical cluster of a source: what is stored there is added, and hides a role of the same
 * name. The bootstrap policy is laid under system:admin and so counts everywhere, stored nowhere.
 */
export function withFixedPolicy(source: RuleSource, under: LogicalCluster, policy: FixedPolicy): RuleSource {
  const roles = new Map(policy.clusterRoles.map((role) => [role.name, role]));
  return {
    generation: (cluster) => source.generation(cluster),
    roleBindings: (cluster, namespace) => source.roleBindings(cluster, namespace),
    role: (cluster, namespace, name) => source.role(cluster, namespace, name),
    clusterRole: (cluster, name) =>
      source.clusterRole(cluster, name) ?? (cluster === under ? roles.get(name) : undefined),
    clusterRoleBindings: (cluster) => {
      const stored = source.clusterRoleBindings(cluster);
      return cluster === under ? [...policy.clusterRoleBindings, ...stored] : stored;
    },
  };
}
