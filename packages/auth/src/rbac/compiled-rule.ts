import type { Attributes } from '../authorizer.ts';
import type { PolicyRule } from './objects.ts';

/** A rule made ready to be asked often. */
export interface CompiledRule {
  readonly anyVerb: boolean;
  readonly verbs: readonly string[];
  readonly anyGroup: boolean;
  readonly groups: readonly string[];
  readonly anyResource: boolean;
  readonly resources: readonly string[];
  /** Empty means every name. */
  readonly names: readonly string[];
  readonly paths: readonly string[];
  /** What paths that end in a star begin with; the empty one is every path. */
  readonly pathPrefixes: readonly string[];
}

/** What is asked of rules, worked out once for all of them. */
export type RuleQuestion =
  | {
      readonly kind: 'resource';
      readonly verb: string;
      readonly group: string;
      /** `resource` or `resource/subresource`. */
      readonly resource: string;
      /** `*` before the sub-resource; empty where there is none. */
      readonly anyParent: string;
      readonly name: string;
    }
  | { readonly kind: 'path'; readonly verb: string; readonly path: string };

const EMPTY: readonly string[] = [];
const compiledByRules = new WeakMap<readonly PolicyRule[], readonly CompiledRule[]>();

/** Compiles rules; the same list is compiled once. */
export function compileRules(rules: readonly PolicyRule[]): readonly CompiledRule[] {
  let compiled = compiledByRules.get(rules);
  if (!compiled) {
    compiled = rules.map(compileRule);
    compiledByRules.set(rules, compiled);
  }
  return compiled;
}

function compileRule(rule: PolicyRule): CompiledRule {
  const { verbs, apiGroups = EMPTY, resources = EMPTY, resourceNames = EMPTY, nonResourceURLs = EMPTY } = rule;
  return {
    anyVerb: verbs.includes('*'),
    verbs,
    anyGroup: apiGroups.includes('*'),
    groups: apiGroups,
    anyResource: resources.includes('*'),
    resources,
    names: resourceNames,
    paths: nonResourceURLs,
    pathPrefixes: nonResourceURLs.filter((path) => path.endsWith('*')).map((path) => path.replace(/\*+$/, '')),
  };
}

/** What a request asks of rules. */
export function questionOf(attributes: Attributes): RuleQuestion {
  const { verb } = attributes;
  if (attributes.kind === 'path') return { kind: 'path', verb, path: attributes.path };
  const { group, resource, subresource, name } = attributes;
  if (subresource === '') return { kind: 'resource', verb, group, resource, anyParent: '', name };
  return { kind: 'resource', verb, group, resource: `${resource}/${subresource}`, anyParent: `*/${subresource}`, name };
}

/** True where one of some rules allows what a request asks for, whoever makes it. */
export function rulesAllow(rules: readonly PolicyRule[], attributes: Attributes): boolean {
  const question = questionOf(attributes);
  return compileRules(rules).some((rule) => ruleAllows(rule, question));
}

/** True where a rule allows what is asked (plugin/pkg/auth/authorizer/rbac RuleAllows). */
export function ruleAllows(rule: CompiledRule, question: RuleQuestion): boolean {
  if (!rule.anyVerb && !rule.verbs.includes(question.verb)) return false;
  if (question.kind === 'path') return coversPath(rule, question.path);
  return (
    (rule.anyGroup || rule.groups.includes(question.group)) &&
    (rule.anyResource || rule.resources.includes(question.resource) || isSubresourceOfAny(rule, question.anyParent)) &&
    (rule.names.length === 0 || rule.names.includes(question.name))
  );
}

function isSubresourceOfAny(rule: CompiledRule, anyParent: string): boolean {
  return anyParent !== '' && rule.resources.includes(anyParent);
}

function coversPath(rule: CompiledRule, path: string): boolean {
  if (rule.paths.includes(path)) return true;
  for (const prefix of rule.pathPrefixes) {
    if (path.startsWith(prefix)) return true;
  }
  return false;
}
