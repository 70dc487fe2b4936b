import type { Authorizer } from '../authorizer.ts';
import { isEffectivelyIn } from '../effective-users.ts';
import { isServiceAccount } from '../service-account.ts';
import {
  EXTERNAL_LOGICAL_CLUSTER_ADMIN,
  KCP_ADMIN,
  LOGICAL_CLUSTER_ADMIN,
  WORKSPACE_BOOTSTRAPPER,
} from '../well-known.ts';
import { delegate } from './recorded.ts';
import type { LogicalClusterLookup } from './workspace-content.ts';

/** The annotation of a LogicalCluster that names the groups. */
export const REQUIRED_GROUPS_ANNOTATION = 'authorization.kcp.io/required-groups';

/**
 * Keeps out who is not in the groups that a logical cluster requires (kcp's required groups authorizer). Service accounts
 * and the administrators of logical clusters pass.
 */
export function requiredGroups(logicalCluster: LogicalClusterLookup, inside: Authorizer): Authorizer {
  return (attributes) => {
    const { cluster, user } = attributes;
    if (typeof cluster !== 'string') return { kind: 'noOpinion', reason: 'empty cluster name' };
    const has = (group: string): boolean => isEffectivelyIn(user, cluster, group);
    if (has(LOGICAL_CLUSTER_ADMIN)) return delegate('logical cluster admin access', inside, attributes);
    if (isServiceAccount(user.name)) return delegate('service account access to logical cluster', inside, attributes);
    const state = logicalCluster(cluster);
    if (!state) return { kind: 'noOpinion', reason: 'logical cluster not found' };
    const required = state.requiredGroups;
    if (has(EXTERNAL_LOGICAL_CLUSTER_ADMIN))
      return delegate('external logical cluster admin access', inside, attributes);
    if (required === undefined) return delegate('logical cluster does not require groups', inside, attributes);
    const alternatives = [...required.split(';'), KCP_ADMIN, WORKSPACE_BOOTSTRAPPER];
    if (alternatives.some((set) => set.split(',').every(has)))
      return delegate(`user is member of required groups: ${required}`, inside, attributes);
    return { kind: 'deny', reason: `user is not a member of required groups: ${required}` };
  };
}
