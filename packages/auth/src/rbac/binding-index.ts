import { quote } from '@kcp/api-machinery';
import type { Decision } from '../authorizer.ts';
import { serviceAccountUsername } from '../service-account.ts';
import type { UserInfo } from '../user.ts';
import { compileRules, ruleAllows } from './compiled-rule.ts';
import type { CompiledRule, RuleQuestion } from './compiled-rule.ts';
import type { Binding, PolicyRule, RoleRef, Subject } from './objects.ts';

/** What one subject of one binding is given. */
export interface Grant {
  readonly binding: Binding;
  readonly subject: Subject;
  /** The binding's place in the list. */
  readonly order: number;
  readonly rules: readonly PolicyRule[];
  readonly compiled: readonly CompiledRule[];
  /** Why the role could not be read; empty where it could. */
  readonly problem: string;
}

/** The bindings of one place (a logical cluster, or a namespace of it) by whom they are for. */
export interface BindingIndex {
  readonly byUser: ReadonlyMap<string, readonly Grant[]>;
  readonly byGroup: ReadonlyMap<string, readonly Grant[]>;
  /** True where a role could not be read. */
  readonly dangling: boolean;
  /** An estimate of the memory that it holds. */
  readonly bytes: number;
}

/** Finds the rules of a role. */
export type ResolveRole = (ref: RoleRef) => readonly PolicyRule[] | undefined;

const decisions = new WeakMap<Grant, Decision>();
const NO_BINDINGS: BindingIndex = { byUser: new Map(), byGroup: new Map(), dangling: false, bytes: 100 };

/** Indexes bindings. Service accounts are found by their user names. */
export function indexBindings(bindings: readonly Binding[], resolve: ResolveRole): BindingIndex {
  if (bindings.length === 0) return NO_BINDINGS;
  const byUser = new Map<string, Grant[]>();
  const byGroup = new Map<string, Grant[]>();
  const seen = new Set<readonly PolicyRule[]>();
  let bytes = 500;
  let dangling = false;
  for (const [order, binding] of bindings.entries()) {
    const rules = resolve(binding.roleRef);
    const found = rules ?? [];
    const grant = {
      binding,
      order,
      rules: found,
      compiled: compileRules(found),
      problem: rules ? '' : problemOf(binding),
    };
    dangling ||= rules === undefined;
    if (!seen.has(found)) bytes += sizeOfRules(found);
    seen.add(found);
    for (const subject of binding.subjects) {
      bytes += 300;
      if (subject.kind === 'Group') append(byGroup, subject.name, { ...grant, subject });
      else append(byUser, userNameOf(subject, binding), { ...grant, subject });
    }
  }
  return { byUser, byGroup, dangling, bytes };
}

/** The user name that a subject stands for; empty where it is nobody's. */
function userNameOf(subject: Subject, binding: Binding): string {
  if (subject.kind === 'User') return subject.name;
  const namespace = subject.namespace ?? binding.namespace ?? '';
  return subject.kind === 'ServiceAccount' && namespace !== '' ? serviceAccountUsername(namespace, subject.name) : '';
}

function append(index: Map<string, Grant[]>, name: string, grant: Grant): void {
  if (name === '') return;
  const grants = index.get(name);
  if (grants) grants.push(grant);
  else index.set(name, [grant]);
}

function sizeOfRules(rules: readonly PolicyRule[]): number {
  let bytes = 0;
  for (const rule of rules) {
    bytes += 300;
    for (const texts of Object.values<readonly string[]>({ ...rule })) {
      for (const text of texts) bytes += 24 + text.length;
    }
  }
  return bytes;
}

function problemOf({ roleRef: { kind, name } }: Binding): string {
  if (kind !== 'Role' && kind !== 'ClusterRole') return `unsupported role reference kind: ${quote(kind)}`;
  return `${kind.toLowerCase()}.rbac.authorization.k8s.io ${quote(name)} not found`;
}

/** Calls `visit` with every grant of a user until it says true; says whether it did. */
export function someGrant(index: BindingIndex, user: UserInfo, visit: (grant: Grant) => boolean): boolean {
  const own = index.byUser.get(user.name);
  if (own?.some(visit)) return true;
  for (const group of user.groups) {
    if (index.byGroup.get(group)?.some(visit)) return true;
  }
  return false;
}

/** The first grant of a user that allows what is asked. */
export function allowingGrant(index: BindingIndex, user: UserInfo, question: RuleQuestion): Grant | undefined {
  const own = index.byUser.get(user.name);
  let found = own && firstAllowing(own, question);
  for (let at = 0; found === undefined && at < user.groups.length; at += 1) {
    const grants = index.byGroup.get(user.groups[at] ?? '');
    if (grants) found = firstAllowing(grants, question);
  }
  return found;
}

function firstAllowing(grants: readonly Grant[], question: RuleQuestion): Grant | undefined {
  for (const grant of grants) {
    for (const rule of grant.compiled) {
      if (ruleAllows(rule, question)) return grant;
    }
  }
  return undefined;
}

/** The decision of a grant that allows, in kube's words. */
export function decisionOf(grant: Grant): Decision {
  let decision = decisions.get(grant);
  if (!decision) {
    decision = { kind: 'allow', reason: `RBAC: allowed by ${describe(grant)}` };
    decisions.set(grant, decision);
  }
  return decision;
}

function describe({ binding, subject }: Grant): string {
  const { name, namespace, roleRef } = binding;
  const what =
    namespace === undefined ? `ClusterRoleBinding ${quote(name)}` : `RoleBinding ${quote(`${name}/${namespace}`)}`;
  const home = subject.namespace ?? namespace ?? '';
  const who = subject.kind === 'ServiceAccount' ? `${subject.name}/${home}` : subject.name;
  return `${what} of ${roleRef.kind} ${quote(roleRef.name)} to ${subject.kind} ${quote(who)}`;
}
