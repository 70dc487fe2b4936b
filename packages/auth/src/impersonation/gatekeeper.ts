import { ApiError } from '@kcp/api-machinery';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { mapWarrants, warrants } from '../effective-users.ts';
import { extraValues } from '../user-extra.ts';
import type { UserInfo } from '../user.ts';
import { AUTHENTICATED, EXTERNAL_LOGICAL_CLUSTER_ADMIN, isLifecycleGroup, KCP_ADMIN } from '../well-known.ts';
import { LOGICAL_CLUSTER_ADMIN, MASTERS, SCOPES_EXTRA, WORKSPACE_BOOTSTRAPPER } from '../well-known.ts';

const GUARDED = new Set([
  MASTERS,
  LOGICAL_CLUSTER_ADMIN,
  EXTERNAL_LOGICAL_CLUSTER_ADMIN,
  WORKSPACE_BOOTSTRAPPER,
  KCP_ADMIN,
  AUTHENTICATED,
]);
const MAX_WARRANT_DEPTH = 8;

/**
 * Throws 403 where somebody who is no master wants to be in a group of power that they are not in themselves (kcp's
 * WithImpersonationGatekeeper). Groups that warrants would bring count as well: a right to impersonate extras must not
 * be a way around.
 */
export function guardImpersonation(requestor: UserInfo, wanted: Pick<UserInfo, 'groups' | 'extra'>): void {
  if (requestor.groups.includes(MASTERS)) return;
  const reached = reachedGroups({ name: '', uid: '', ...wanted }, 0);
  if (reached.every((group) => !isGuarded(group) || requestor.groups.includes(group))) return;
  throw new ApiError('Forbidden', 'forbidden: impersonation is not allowed for the requestor', { details: {} });
}

function isGuarded(group: string): boolean {
  return GUARDED.has(group) || isLifecycleGroup(group);
}

function reachedGroups(user: UserInfo, depth: number): readonly string[] {
  // Deeper warrants count for nothing anywhere.
  if (depth > MAX_WARRANT_DEPTH) return [];
  return [...user.groups, ...warrants(user).flatMap((warrant) => reachedGroups(warrant, depth + 1))];
}

/**
 * Confines who was impersonated by somebody that is no master to the logical cluster where it happened: the identity itself, as
 * kcp's WithImpersonationScoping does, and those that its warrants add, which would count elsewhere otherwise.
 */
export function confine(requestor: UserInfo, impersonated: UserInfo, cluster: LogicalCluster): UserInfo {
  if (requestor.groups.includes(MASTERS)) return impersonated;
  const scoped = (user: UserInfo): UserInfo => {
    const scopes = [...extraValues(user, SCOPES_EXTRA), `cluster:${cluster}`];
    return { ...user, extra: { ...user.extra, [SCOPES_EXTRA]: scopes } };
  };
  return scoped(mapWarrants(impersonated, scoped));
}
