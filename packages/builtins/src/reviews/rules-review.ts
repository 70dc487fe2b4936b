import type { JsonObject } from '@kcp/api-machinery';
import { badRequest, objectAt, textAt } from '@kcp/api-machinery';
import type { ServedResource } from '@kcp/apiserver';
import type { PolicyRule, Rbac } from '@kcp/auth';
import { reviewedRules } from '@kcp/auth';
import { reviewResource } from './review-resource.ts';

function asObjects(rules: readonly PolicyRule[]): readonly JsonObject[] {
  return rules.map((rule) => ({ ...rule }));
}

/** authorization.k8s.io/v1 selfsubjectrulesreviews: all that I may do in a namespace. */
export function selfSubjectRulesReviews(rbac: Rbac): ServedResource {
  return reviewResource('authorization.k8s.io', 'SelfSubjectRulesReview', (object, { user, cluster }) => {
    const namespace = textAt(objectAt(object, 'spec'), 'namespace');
    if (namespace === '') throw badRequest('no namespace on request');
    const { rules, problems } = rbac.rulesFor({ user, cluster, namespace });
    const { resourceRules, nonResourceRules } = reviewedRules(rules);
    const status: JsonObject = {
      resourceRules: asObjects(resourceRules),
      nonResourceRules: asObjects(nonResourceRules),
      incomplete: problems.length > 0,
      ...(problems.length > 0 && { evaluationError: problems.join(', ') }),
    };
    return Promise.resolve({ ...object, spec: {}, status });
  });
}
