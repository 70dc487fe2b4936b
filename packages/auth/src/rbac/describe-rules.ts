import { quote } from '@kcp/api-machinery';
import type { PolicyRule } from './objects.ts';

const FIELDS = [
  ['apiGroups', 'APIGroups'],
  ['resources', 'Resources'],
  ['nonResourceURLs', 'NonResourceURLs'],
  ['resourceNames', 'ResourceNames'],
  ['verbs', 'Verbs'],
] as const;

/** A list as Go prints it with %q: `["a" "b"]`. */
export function quotedList(texts: readonly string[]): string {
  return `[${texts.map(quote).join(' ')}]`;
}

/** A rule on one line: `{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}` (pkg/apis/rbac CompactString). */
export function describeRule(rule: PolicyRule): string {
  const parts: string[] = [];
  for (const [field, label] of FIELDS) {
    const texts = rule[field];
    if (texts && texts.length > 0) parts.push(`${label}:${quotedList(texts)}`);
  }
  return `{${parts.join(', ')}}`;
}

/** Joins the verbs of rules about one group and resource that say nothing else (pkg/registry/rbac/validation CompactRules). */
export function compactRules(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const compact: PolicyRule[] = [];
  const simple = new Map<string, { apiGroups: readonly string[]; resources: readonly string[]; verbs: string[] }>();
  for (const rule of rules) {
    const { apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [], verbs } = rule;
    const isSimple =
      apiGroups.length === 1 && resources.length === 1 && resourceNames.length + nonResourceURLs.length === 0;
    const key = JSON.stringify([apiGroups, resources]);
    const known = simple.get(key);
    if (!isSimple) compact.push(rule);
    else if (known) known.verbs.push(...verbs);
    else simple.set(key, { apiGroups, resources, verbs: [...verbs] });
  }
  return [...compact, ...simple.values()];
}
