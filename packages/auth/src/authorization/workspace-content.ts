import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Attributes, Authorizer, Decision } from '../authorizer.ts';
import { isEffectivelyIn, isInScope } from '../effective-users.ts';
import { isServiceAccount } from '../service-account.ts';
import { isLifecycleGroup, LOGICAL_CLUSTER_ADMIN } from '../well-known.ts';
import type { SyncAuthorizer } from './combine.ts';
import { delegate } from './recorded.ts';

/** What authorizers need to know of a logical cluster, from its LogicalCluster object. */
export interface LogicalClusterState {
  /** status.phase. */
  readonly phase: string;
  /** The annotation authorization.kcp.io/required-groups: `;` between alternatives, `,` between groups of one. */
  readonly requiredGroups?: string;
}

/** Finds a logical cluster; undefined where there is none. Synchronous, from the store. */
export type LogicalClusterLookup = (cluster: LogicalCluster) => LogicalClusterState | undefined;

/** What the door of a logical cluster needs. */
export interface WorkspaceContentOptions {
  readonly logicalCluster: LogicalClusterLookup;
  /** RBAC, asked for the verb `access` on `/`. */
  readonly rbac: SyncAuthorizer;
  /** Who decides about those who may enter. */
  readonly inside: Authorizer;
}

const OPEN_PHASES = new Set(['Initializing', 'Ready', 'Inactive', 'Terminating', 'Deleting']);
const LIFECYCLE_PHASES = new Set(['Initializing', 'Terminating', 'Deleting']);
const SHARD_PATHS = new Set(['/metrics']);

/**
 * Lets into a logical cluster (kcp's workspace content authorizer): it must exist and be in a phase that can be used, and
 * who asks must be one of its service accounts or have the verb `access` on `/`. Masters come before it in the chain.
 */
export function workspaceContent({ logicalCluster, rbac, inside }: WorkspaceContentOptions): Authorizer {
  return (attributes) => {
    const { cluster, user } = attributes;
    if (attributes.kind === 'path' && SHARD_PATHS.has(attributes.path))
      return delegate('shard-level path', inside, attributes);
    if (typeof cluster !== 'string' || cluster.startsWith('system:')) return nothing('empty or system workspace');
    if (isEffectivelyIn(user, cluster, LOGICAL_CLUSTER_ADMIN))
      return delegate('logical cluster admin access', inside, attributes);
    const state = logicalCluster(cluster);
    if (!state) return { kind: 'deny', reason: 'LogicalCluster not found' };
    if (!OPEN_PHASES.has(state.phase)) return nothing(`not permitted due to phase ${JSON.stringify(state.phase)}`);
    if (LIFECYCLE_PHASES.has(state.phase) && isLifecycleRequest(attributes)) {
      return { kind: 'allow', reason: 'lifecycle VW pre-authorized access' };
    }
    if (isServiceAccount(user.name) && isInScope(user, cluster))
      return delegate('local service account access', inside, attributes);
    const entry = rbac({ kind: 'path', user, cluster, verb: 'access', path: '/' });
    if (entry.kind === 'allow') return delegate('user logical cluster access', inside, attributes);
    return nothing('no verb=access permission on /');
  };
}

function isLifecycleRequest({ user }: Attributes): boolean {
  return user.groups.some(isLifecycleGroup);
}

function nothing(reason: string): Decision {
  return { kind: 'noOpinion', reason };
}
