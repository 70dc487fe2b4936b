import type { PolicyRule } from './objects.ts';

/** What of some rules is not covered by others. */
export interface Coverage {
  /** Atomic rules: one group, resource, verb and name each, or one path and verb. */
  readonly missing: readonly PolicyRule[];
  /** True where the comparison was given up because it would take too long; nothing may be concluded then. */
  readonly tooLarge: boolean;
}

/** Comparisons of texts, some tens of milliseconds; beyond it a tenant's rules would hold the server up. */
const MAX_COMPARISONS = 10_000_000;
/** Where a rule has more atoms, it is first compared as a whole. */
const FEW_ATOMS = 64;
const EMPTY: readonly string[] = [];

/**
 * Says what of the wanted rules the owner's do not cover (component-helpers/auth/rbac/validation Covers). Each wanted rule
 * is broken into atoms, since an atom is covered by one rule whole or not at all.
 */
export function covers(owner: readonly PolicyRule[], wanted: readonly PolicyRule[]): Coverage {
  const missing: PolicyRule[] = [];
  const ownerSize = owner.reduce((sum, rule) => sum + sizeOf(rule), 1);
  let left = MAX_COMPARISONS;
  for (const rule of wanted) {
    const count = countAtoms(rule);
    if (count > FEW_ATOMS) {
      left -= ownerSize * sizeOf(rule);
      if (left < 0) return { missing, tooLarge: true };
      if (owner.some((own) => ruleCovers(own, rule))) continue;
    }
    left -= ownerSize * count;
    if (left < 0) return { missing, tooLarge: true };
    for (const atom of atoms(rule)) {
      if (!owner.some((own) => ruleCovers(own, atom))) missing.push(atom);
    }
  }
  return { missing, tooLarge: false };
}

function sizeOf({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): number {
  const lists = [verbs, apiGroups, resources, resourceNames, nonResourceURLs];
  return lists.reduce((sum, list) => sum + (list?.length ?? 0), 0);
}

function countAtoms({
  verbs,
  apiGroups = EMPTY,
  resources = EMPTY,
  resourceNames = EMPTY,
  nonResourceURLs = EMPTY,
}: PolicyRule): number {
  const names = Math.max(1, resourceNames.length);
  return verbs.length * (apiGroups.length * resources.length * names + nonResourceURLs.length);
}

function* atoms(rule: PolicyRule): Iterable<PolicyRule> {
  const { verbs, apiGroups = EMPTY, resources = EMPTY, nonResourceURLs = EMPTY } = rule;
  for (const group of apiGroups) {
    for (const resource of resources) yield* namedAtoms(rule, group, resource);
  }
  for (const path of nonResourceURLs) {
    for (const verb of verbs) yield { nonResourceURLs: [path], verbs: [verb] };
  }
}

function* namedAtoms(
  { verbs, resourceNames = EMPTY }: PolicyRule,
  group: string,
  resource: string,
): Iterable<PolicyRule> {
  for (const verb of verbs) {
    const atom = { apiGroups: [group], resources: [resource], verbs: [verb] };
    if (resourceNames.length === 0) yield atom;
    for (const name of resourceNames) yield { ...atom, resourceNames: [name] };
  }
}

function ruleCovers(own: PolicyRule, wanted: PolicyRule): boolean {
  return (
    all(own.verbs, wanted.verbs) &&
    all(own.apiGroups, wanted.apiGroups) &&
    coversResources(own.resources ?? EMPTY, wanted.resources ?? EMPTY) &&
    coversPaths(own.nonResourceURLs ?? EMPTY, wanted.nonResourceURLs ?? EMPTY) &&
    coversNames(own.resourceNames ?? EMPTY, wanted.resourceNames ?? EMPTY)
  );
}

function all(own: readonly string[] = EMPTY, wanted: readonly string[] = EMPTY): boolean {
  return own.includes('*') || wanted.every((text) => own.includes(text));
}

function coversResources(own: readonly string[], wanted: readonly string[]): boolean {
  if (own.includes('*')) return true;
  return wanted.every((resource) => {
    const slash = resource.indexOf('/');
    return own.includes(resource) || (slash >= 0 && own.includes(`*${resource.slice(slash)}`));
  });
}

function coversNames(own: readonly string[], wanted: readonly string[]): boolean {
  if (own.length === 0) return true;
  return wanted.length > 0 && wanted.every((name) => own.includes(name));
}

function coversPaths(own: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((path) => own.some((pattern) => coversPath(pattern, path)));
}

function coversPath(pattern: string, path: string): boolean {
  return pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.replace(/\*+$/, '')));
}
