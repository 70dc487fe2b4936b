import {
  MASTERS,
  rbac,
  requiredGroups,
  workspaceContent,
  type Attributes,
  type Decision,
  type LayeredRbac,
  type LogicalClusterLookup,
  type RuleSource,
  type SyncAuthorizer,
  type UserInfo,
  WARRANT_EXTRA,
} from '@kcp/auth';
import { systemAdmin, type LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import type { EntryScope } from './workspaces-place.ts';

/** What is read to find out who may enter. */
export type EntranceStore = Pick<ObjectReader, 'get' | 'page' | 'generation'>;

/** How rights are read from a store. */
export interface EntranceParts {
  readonly rules: (store: EntranceStore) => RuleSource;
  readonly logicalCluster: (store: EntranceStore) => LogicalClusterLookup;
}

/** Says who may enter which logical clusters, as of the state of one store. Never waits: what only a webhook would allow is not counted. */
export interface Entrance {
  mayEnter(user: UserInfo, cluster: LogicalCluster, scope: EntryScope): boolean;
  /** True for who may enter wherever they like: their rights come from no binding of a workspace. */
  everywhere(user: UserInfo, scope: EntryScope): boolean;
}

const ALLOW: Decision = { kind: 'allow', reason: '' };

/** Rights are derived once for each state of a logical cluster, and forgotten beyond so many bytes. */
const INDEX_BYTES = 16 * 1024 * 1024;

/** The door of logical clusters without what is behind it: the same chain that requests go through, asked whether it would let in. */
export function entrance({ rules, logicalCluster }: EntranceParts, store: EntranceStore): Entrance {
  const roles = rbac({ source: rules(store), maxBytes: INDEX_BYTES });
  const lookup = logicalCluster(store);
  const content = workspaceContent({ logicalCluster: lookup, rbac: mostlyBootstrap(roles), inside: () => ALLOW });
  const door = requiredGroups(lookup, content);
  const allows = (decision: Decision | Promise<Decision>): boolean =>
    !(decision instanceof Promise) && decision.kind === 'allow';
  return {
    mayEnter: (user, cluster, scope) => {
      if (scope === 'personal' && !allows(roles.authorize(entry(alone(user), cluster)))) return false;
      if (user.groups.includes(MASTERS)) return lookup(cluster) !== undefined;
      return allows(door(entry(user, cluster)));
    },
    everywhere: (user, scope) => {
      if (scope === 'all' && user.groups.includes(MASTERS)) return true;
      return allows(roles.authorizeBootstrap(entry(scope === 'all' ? user : alone(user), systemAdmin)));
    },
  };
}

/** Who may enter everywhere is let in without a look at the bindings of each logical cluster. */
function mostlyBootstrap({ authorizeBootstrap, authorize }: LayeredRbac): SyncAuthorizer {
  return (attributes) => {
    const decision = authorizeBootstrap(attributes);
    return decision.kind === 'allow' ? decision : authorize(attributes);
  };
}

function entry(user: UserInfo, cluster: LogicalCluster): Attributes {
  return { kind: 'path', user, cluster, verb: 'access', path: '/' };
}

/** Somebody without their groups, and without what others vouch for. */
function alone({ name, uid, extra }: UserInfo): UserInfo {
  const { [WARRANT_EXTRA]: _, ...own } = extra;
  return { name, uid, groups: [], extra: own };
}
