import type { PolicyRule } from './objects.ts';

/** The rules of a SelfSubjectRulesReview's status, without its `incomplete` and `evaluationError`. */
export interface ReviewedRules {
  readonly resourceRules: readonly PolicyRule[];
  readonly nonResourceRules: readonly PolicyRule[];
}

/** Parts rules into those about resources and those about paths; a rule about both is in both (RBACAuthorizer.RulesFor). */
export function reviewedRules(rules: readonly PolicyRule[]): ReviewedRules {
  const resourceRules: PolicyRule[] = [];
  const nonResourceRules: PolicyRule[] = [];
  for (const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } of rules) {
    if (resources.length > 0)
      resourceRules.push({ verbs, apiGroups, resources, ...(resourceNames.length > 0 && { resourceNames }) });
    if (nonResourceURLs.length > 0) nonResourceRules.push({ verbs, nonResourceURLs });
  }
  return { resourceRules, nonResourceRules };
}
