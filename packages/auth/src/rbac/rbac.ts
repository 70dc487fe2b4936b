import { systemAdmin } from '@kcp/logical-cluster';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { aggregate } from '../authentication/combine.ts';
import { NO_OPINION } from '../authorization/combine.ts';
import type { SyncAuthorizer } from '../authorization/combine.ts';
import type { Attributes, Decision } from '../authorizer.ts';
import { effectiveUsers } from '../effective-users.ts';
import type { UserInfo } from '../user.ts';
import { allowingGrant, decisionOf, someGrant } from './binding-index.ts';
import type { BindingIndex, Grant } from './binding-index.ts';
import { questionOf } from './compiled-rule.ts';
import { indexCache } from './index-cache.ts';
import type { PolicyRule, RoleRef } from './objects.ts';
import type { RuleSource } from './rule-source.ts';

/** Somebody in a place; the namespace is empty for the whole logical cluster. */
export interface Standpoint {
  readonly user: UserInfo;
  readonly cluster: LogicalCluster;
  readonly namespace: string;
}

/** All rules that somebody has, and what kept others from being found. */
export interface RulesFound {
  readonly rules: readonly PolicyRule[];
  readonly problems: readonly string[];
}

/** Role-based access control over a rule source. */
export interface Rbac {
  readonly authorize: SyncAuthorizer;
  /** What somebody may: SelfSubjectRulesReview, escalation checks. */
  readonly rulesFor: (standpoint: Standpoint) => RulesFound;
  /** The rules that a binding in this place would give; undefined where there is no such role. */
  readonly rulesOf: (cluster: LogicalCluster, namespace: string, ref: RoleRef) => readonly PolicyRule[] | undefined;
}

/** RBAC that also answers for each of the places where rights come from. */
export interface LayeredRbac extends Rbac {
  /** The part of `authorize` that comes from system:admin and counts everywhere. */
  readonly authorizeBootstrap: SyncAuthorizer;
  /** The part that the logical cluster itself grants. */
  readonly authorizeLocal: SyncAuthorizer;
  /** What the roles and bindings of another place say; users count as they do where the request goes. */
  readonly authorizeAt: (place: LogicalCluster, attributes: Attributes) => Decision;
}

/** What RBAC may use. */
export interface RbacOptions {
  readonly source: RuleSource;
  /** Bytes of indexes to keep, by estimate. */
  readonly maxBytes?: number;
}

const DEFAULT_BYTES = 64 * 1024 * 1024;

/**
 * Makes RBAC (plugin/pkg/auth/authorizer/rbac) for all logical clusters: bindings of system:admin count in each of them,
 * roles are looked up in the cluster first and in system:admin then, users count with their scopes and warrants.
 */
export function rbac({ source, maxBytes = DEFAULT_BYTES }: RbacOptions): LayeredRbac {
  const indexes = indexCache(source, maxBytes);
  const within = (clusters: readonly LogicalCluster[], namespace: string): readonly BindingIndex[] => {
    const wide = clusters.map((place) => indexes.index(place, ''));
    return namespace === '' ? wide : [...wide, ...clusters.map((place) => indexes.index(place, namespace))];
  };
  const places: Places = (cluster, namespace) =>
    within(cluster === systemAdmin ? [systemAdmin] : [systemAdmin, cluster], namespace);
  return {
    authorize: (attributes) => decide(attributes, places),
    authorizeBootstrap: (attributes) => decide(attributes, (_, namespace) => within([systemAdmin], namespace)),
    authorizeLocal: (attributes) =>
      decide(attributes, (cluster, namespace) => (cluster === systemAdmin ? [] : within([cluster], namespace))),
    authorizeAt: (place, attributes) => decide(attributes, (_, namespace) => places(place, namespace)),
    rulesFor: ({ user, cluster, namespace }) => collect(places(cluster, namespace), effectiveUsers(user, cluster)),
    rulesOf: (cluster, namespace, ref) => indexes.rulesOf(cluster, namespace, ref),
  };
}

type Places = (cluster: LogicalCluster, namespace: string) => readonly BindingIndex[];

function decide(attributes: Attributes, places: Places): Decision {
  const { cluster, user } = attributes;
  if (typeof cluster !== 'string') return NO_OPINION;
  const question = questionOf(attributes);
  const users = effectiveUsers(user, cluster);
  const indexes = places(cluster, attributes.kind === 'resource' ? attributes.namespace : '');
  for (const index of indexes) {
    for (const identity of users) {
      const grant = allowingGrant(index, identity, question);
      if (grant) return decisionOf(grant);
    }
  }
  return refusal(indexes, users);
}

function refusal(indexes: readonly BindingIndex[], users: readonly UserInfo[]): Decision {
  const problems: string[] = [];
  const note = (grant: Grant): boolean => {
    if (grant.problem !== '') problems.push(grant.problem);
    return false;
  };
  for (const index of indexes) {
    if (index.dangling) users.forEach((user) => someGrant(index, user, note));
  }
  return problems.length === 0 ? NO_OPINION : { kind: 'noOpinion', reason: `RBAC: ${aggregate(problems)}` };
}

function collect(indexes: readonly BindingIndex[], users: readonly UserInfo[]): RulesFound {
  const rules: PolicyRule[] = [];
  const problems: string[] = [];
  for (const index of indexes) {
    const byOrder = new Map<number, Grant>();
    for (const user of users) {
      someGrant(index, user, (grant) => {
        byOrder.set(grant.order, grant);
        return false;
      });
    }
    for (const grant of [...byOrder.values()].sort((a, b) => a.order - b.order)) {
      for (const rule of grant.rules) rules.push(rule);
      if (grant.problem !== '') problems.push(grant.problem);
    }
  }
  return { rules, problems };
}
