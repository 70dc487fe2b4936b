import { forbiddenResource, notFound, quote } from '@kcp/api-machinery';
import type { ApiError } from '@kcp/api-machinery';
import type { Attributes, Authorizer } from '../authorizer.ts';
import { MASTERS } from '../well-known.ts';
import { covers } from './covers.ts';
import { compactRules, describeRule, quotedList } from './describe-rules.ts';
import type { Binding, PolicyRule, Role } from './objects.ts';
import { RBAC_GROUP } from './objects.ts';
import type { Rbac, RulesFound, Standpoint } from './rbac.ts';

/** What escalation checks ask. */
export interface EscalationCheck {
  readonly rbac: Rbac;
  /** The whole chain of authorizers, for the verbs bind and escalate. */
  readonly authorize: Authorizer;
  readonly standpoint: Standpoint;
  /** The name in the request's path; empty for a create. `escalate` is asked about it, as kube does. */
  readonly requestName: string;
}

/** The rights that whoever writes an aggregating role must have: nobody knows what will be in it. */
const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];
/** A message names so many missing rules at most. */
const MAX_NAMED = 1_000;

/**
 * Why somebody may not hand rights on: because they do not have them. undefined where they do
 * (pkg/registry/rbac/validation ConfirmNoEscalation).
 */
export function escalationMessage(
  standpoint: Standpoint,
  held: RulesFound,
  wanted: readonly PolicyRule[],
): string | undefined {
  const { missing, tooLarge } = covers(held.rules, wanted);
  const { name, groups } = standpoint.user;
  const who = `user ${quote(name)} (groups=${quotedList(groups)}) is attempting to grant RBAC permissions`;
  if (tooLarge) return `${who} that are too many to be compared with those currently held`;
  if (missing.length === 0) return undefined;
  const lines = [...new Set(compactRules(missing).map(describeRule))].sort().slice(0, MAX_NAMED);
  const problems = held.problems.length > 0 ? `; resolution errors: [${held.problems.join(' ')}]` : '';
  return `${who} not currently held:\n${lines.join('\n')}${problems}`;
}

/**
 * Refuses the write of a role that gives more than its writer has, unless they may `escalate` it; 403 as a value, undefined
 * where it is fine (pkg/registry/rbac/{role,clusterrole}/policybased).
 */
export async function roleWriteRefusal(check: EscalationCheck, role: Role): Promise<ApiError | undefined> {
  const resource = check.standpoint.namespace === '' ? 'clusterroles' : 'roles';
  if (isMaster(check) || (await mayDo(check, 'escalate', resource, check.requestName))) return undefined;
  const wanted = role.aggregation ? EVERYTHING : role.rules;
  return refusal(check, { resource, name: role.name }, wanted);
}

/**
 * Refuses the write of a binding whose role gives more than the writer has, unless they may `bind` the role; 403, or 404
 * where there is no such role (pkg/registry/rbac/{rolebinding,clusterrolebinding}/policybased).
 */
export async function bindingWriteRefusal(check: EscalationCheck, binding: Binding): Promise<ApiError | undefined> {
  const { cluster, namespace } = check.standpoint;
  const { roleRef } = binding;
  const resource = namespace === '' ? 'clusterrolebindings' : 'rolebindings';
  const role = roleRef.kind === 'Role' ? 'roles' : 'clusterroles';
  if (isMaster(check) || (await mayDo(check, 'bind', role, roleRef.name))) return undefined;
  const wanted = check.rbac.rulesOf(cluster, namespace, roleRef);
  if (!wanted) return notFound({ group: RBAC_GROUP, resource }, roleRef.name);
  return refusal(check, { resource, name: binding.name }, wanted);
}

function isMaster({ standpoint }: EscalationCheck): boolean {
  return standpoint.user.groups.includes(MASTERS);
}

async function mayDo(
  { standpoint, authorize }: EscalationCheck,
  verb: string,
  resource: string,
  name: string,
): Promise<boolean> {
  // A cluster role is asked about in the namespace of the binding, as kube does: a role there may allow to bind it.
  const { user, cluster, namespace } = standpoint;
  const on = { group: RBAC_GROUP, version: '*', resource, subresource: '', namespace, name };
  const attributes: Attributes = { kind: 'resource', user, cluster, verb, ...on };
  return (await authorize(attributes)).kind === 'allow';
}

function refusal(
  { rbac, standpoint }: EscalationCheck,
  object: { readonly resource: string; readonly name: string },
  wanted: readonly PolicyRule[],
): ApiError | undefined {
  const why = escalationMessage(standpoint, rbac.rulesFor(standpoint), wanted);
  return why === undefined
    ? undefined
    : forbiddenResource({ group: RBAC_GROUP, resource: object.resource }, object.name, why);
}
