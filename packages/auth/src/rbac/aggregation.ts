import { matchesLabels } from './label-selector.ts';
import type { PolicyRule, Role } from './objects.ts';

/**
 * The rules of an aggregating role: those of the roles that its selectors choose, selector by selector, roles in order of
 * their names, each rule once (the ClusterRole aggregation controller). undefined where the role does not aggregate.
 */
export function aggregatedRules(role: Role, roles: readonly Role[]): readonly PolicyRule[] | undefined {
  if (!role.aggregation) return undefined;
  const sorted = roles.filter(({ name }) => name !== role.name).sort((a, b) => (a.name < b.name ? -1 : 1));
  const rules = new Map<string, PolicyRule>();
  for (const selector of role.aggregation) {
    for (const chosen of sorted.filter(({ labels }) => matchesLabels(selector, labels))) {
      for (const rule of chosen.rules) {
        const key = identity(rule);
        if (!rules.has(key)) rules.set(key, rule);
      }
    }
  }
  return [...rules.values()];
}

/** Resolves all aggregating roles of a fixed set, also those that aggregate one another. */
export function resolveAggregation(roles: readonly Role[]): readonly Role[] {
  let current = roles;
  // A chain of n roles is resolved after n rounds.
  for (let round = 0; round < roles.length; round += 1) {
    const next = current.map((role) => withRules(role, aggregatedRules(role, current)));
    if (next.every((role, at) => role === current[at])) break;
    current = next;
  }
  return current;
}

function withRules(role: Role, rules: readonly PolicyRule[] | undefined): Role {
  if (!rules || sameRules(rules, role.rules)) return role;
  return { ...role, rules };
}

/** True where two lists of rules say the same in the same order. */
export function sameRules(a: readonly PolicyRule[], b: readonly PolicyRule[]): boolean {
  return a.length === b.length && a.every((rule, at) => identity(rule) === identity(b[at] ?? { verbs: [] }));
}

function identity({
  verbs,
  apiGroups = [],
  resources = [],
  resourceNames = [],
  nonResourceURLs = [],
}: PolicyRule): string {
  return JSON.stringify([verbs, apiGroups, resources, resourceNames, nonResourceURLs]);
}
