export type {
  AdmissionAttributes,
  AdmissionOperation,
  AdmissionPlugin,
  EquivalentKind,
  Mutation,
} from './admission.ts';
export { admissionEnvironment, namespaceTypes, requestTypes } from './matching/admission-environment.ts';
export { RequestAuthorizer } from './matching/request-authorizer.ts';
export { isExempt } from './matching/exempt.ts';
export { compileCondition, conditionCompiler, evaluateConditions } from './matching/match-conditions.ts';
export type { CompileConditions, ConditionsOutcome, MatchCondition } from './matching/match-conditions.ts';
export { findMatch, matchRules } from './matching/match.ts';
export type { Match, MatchCriteria } from './matching/match.ts';
export { namespaceValue, objectValue, requestFacts, requestValue, userInfo } from './matching/request-value.ts';
export { decodeRule, decodeRules, matchesRule } from './matching/rule.ts';
export type { Rule, RuleSubject } from './matching/rule.ts';
export { matchesNamespace, matchesObject } from './matching/selectors.ts';
export type { FindNamespace } from './matching/selectors.ts';
export { mutatingAdmissionPolicy } from './mutating/mutating-admission-policy.ts';
export type { PolicyDeps } from './policy/calls.ts';
export type { ParamResource, PolicyResources } from './policy/params.ts';
export type { ParamKind } from './policy/stored-policy.ts';
export { validatingAdmissionPolicy } from './validating/validating-admission-policy.ts';
export { matchConditionFault, policyExpressions } from './policy/check-expressions.ts';
export type { ExpressionFault, ExpressionRole, PolicyExpressions } from './policy/check-expressions.ts';
export { mutatingWebhooks } from './webhooks/mutating.ts';
export { Patience } from './webhooks/patience.ts';
export type { PatienceOptions } from './webhooks/patience.ts';
export { validatingWebhooks } from './webhooks/validating.ts';
export type { WebhookDeps } from './webhooks/validating.ts';
export { typeWarnings } from './type-check/type-warnings.ts';
export type { CheckedKind, ExpressionWarning, TypeCheck } from './type-check/type-warnings.ts';
