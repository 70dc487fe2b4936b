import { isArray, isObject, own, type JsonObject, type GroupVersionResource } from '@kcp/api-machinery';
import type { AdmissionAttributes } from '../admission.ts';

/** Operations on resources: one of the rules of a webhook, or of the resource rules of a policy (RuleWithOperations, NamedRuleWithOperations). */
export interface Rule {
  readonly operations: readonly string[];
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  /** `pods`, `pods/status`, `pods/*`, `*`, `*` with `/status`, … */
  readonly resources: readonly string[];
  /** `*`, `Cluster` or `Namespaced`. */
  readonly scope: string;
  /** Names of objects; empty: all. */
  readonly resourceNames: readonly string[];
}

/** What a rule is held against. */
export type RuleSubject = Pick<
  AdmissionAttributes,
  'operation' | 'resource' | 'subresource' | 'namespace' | 'name' | 'object' | 'oldObject'
>;

/** A rule of a stored webhook or policy. What is not there matches nothing, but scope and names, which then match all. */
export function decodeRule(json: JsonObject): Rule {
  const scope = own(json, 'scope');
  return {
    operations: textsOf(json, 'operations'),
    apiGroups: textsOf(json, 'apiGroups'),
    apiVersions: textsOf(json, 'apiVersions'),
    resources: textsOf(json, 'resources'),
    scope: typeof scope === 'string' ? scope : '*',
    resourceNames: textsOf(json, 'resourceNames'),
  };
}

/** Rules of a list in stored JSON; none where there is no list. */
export function decodeRules(parent: JsonObject, field: string): readonly Rule[] {
  const list = own(parent, field);
  return list !== undefined && isArray(list) ? list.filter(isObject).map(decodeRule) : [];
}

function textsOf(json: JsonObject, field: string): readonly string[] {
  const list = own(json, field);
  return list !== undefined && isArray(list) ? list.filter((item) => typeof item === 'string') : [];
}

/** True where a rule is about a request (k8s.io/apiserver webhook predicates/rules, and the names of policy/matching). */
export function matchesRule(rule: Rule, subject: RuleSubject): boolean {
  const { resource } = subject;
  return (
    has(rule.operations, subject.operation) &&
    has(rule.apiGroups, resource.group) &&
    has(rule.apiVersions, resource.version) &&
    rule.resources.some((text) => matchesResource(text, subject)) &&
    matchesScope(rule.scope, subject) &&
    matchesName(rule.resourceNames, subject)
  );
}

function has(items: readonly string[], wanted: string): boolean {
  return items.includes('*') || items.includes(wanted);
}

function matchesResource(text: string, { resource, subresource }: RuleSubject): boolean {
  const slash = text.indexOf('/');
  const name = slash < 0 ? text : text.slice(0, slash);
  const part = slash < 0 ? '' : text.slice(slash + 1);
  return (name === '*' || name === resource.resource) && (part === '*' || part === subresource);
}

/** Namespaces are cluster-scoped, although requests for one bear its name as their namespace. */
function matchesScope(scope: string, { resource, namespace }: RuleSubject): boolean {
  if (scope === '*') return true;
  const isCluster = namespace === '' || isNamespaceKind(resource);
  return scope === 'Cluster' ? isCluster : scope === 'Namespaced' && !isCluster;
}

function isNamespaceKind({ group, version, resource }: GroupVersionResource): boolean {
  return group === '' && version === 'v1' && resource === 'namespaces';
}

function matchesName(names: readonly string[], { name, object, oldObject }: RuleSubject): boolean {
  if (names.length === 0) return true;
  return names.includes(name !== '' ? name : ((object ?? oldObject)?.metadata.name ?? ''));
}
