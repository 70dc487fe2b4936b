import type { ServedGroup, ServedResource } from '@kcp/apiserver';
import type { Authenticator, Authorizer, Rbac } from '@kcp/auth';
import { mutatingAdmissionPolicies } from './admissionregistration/mutating-policy.ts';
import {
  mutatingAdmissionPolicyBindings,
  validatingAdmissionPolicyBindings,
} from './admissionregistration/policy-binding.ts';
import { validatingAdmissionPolicies } from './admissionregistration/validating-policy.ts';
import {
  mutatingWebhookConfigurations,
  validatingWebhookConfigurations,
} from './admissionregistration/webhook-configuration.ts';
import { certificateSigningRequests } from './certificates/certificate-signing-request.ts';
import { leases } from './coordination/lease.ts';
import { configMaps } from './core/config-map.ts';
import { namespaces } from './core/namespace.ts';
import { resourceQuotas } from './core/resource-quota.ts';
import { secrets } from './core/secret.ts';
import { serviceAccounts } from './core/service-account.ts';
import type { TokenRequestDeps } from './core/token-request.ts';
import { tokenRequests } from './core/token-request.ts';
import { coreEvents } from './events/core-event.ts';
import { eventsEvents } from './events/events-event.ts';
import { clusterRoleBindings, roleBindings } from './rbac/role-binding.ts';
import { clusterRoles, roles } from './rbac/role.ts';
import { localSubjectAccessReviews, selfSubjectAccessReviews, subjectAccessReviews } from './reviews/access-reviews.ts';
import { selfSubjectReviews, tokenReviews } from './reviews/identity-reviews.ts';
import { selfSubjectRulesReviews } from './reviews/rules-review.ts';

/** What the built-in resources need of the world around them. Nothing is asked before a request comes. */
export interface BuiltinDeps extends TokenRequestDeps {
  /** The whole chain of authorizers: access reviews, rights on signers. */
  readonly authorize: Authorizer;
  /** The same about those who were let in: deep access reviews. */
  readonly authorizeInside: Authorizer;
  /** Says whose a token is, with the group of all who are known: token reviews. */
  readonly authenticate: Authenticator;
  /** Escalation checks, rules reviews. */
  readonly rbac: Rbac;
}

function servedGroup(group: string, ...resources: readonly ServedResource[]): ServedGroup {
  const version = resources[0]?.gvr.version ?? 'v1';
  const sorted = [...resources].sort((a, b) => (a.gvr.resource < b.gvr.resource ? -1 : 1));
  return { group, origin: 'builtin', versions: [{ version, resources: sorted }] };
}

/**
 * The built-in resources by group, in the order in which discovery lists the groups; the same for all logical clusters.
 * CustomResourceDefinitions are not among them: @kcp/crd serves them.
 */
export function builtinResources(deps: BuiltinDeps): readonly ServedGroup[] {
  const { authorize, rbac } = deps;
  const guard = { authorize, rbac };
  return [
    servedGroup(
      '',
      configMaps(),
      coreEvents(),
      namespaces(),
      resourceQuotas(),
      secrets(),
      serviceAccounts(tokenRequests(deps)),
    ),
    servedGroup('authentication.k8s.io', selfSubjectReviews(), tokenReviews(deps)),
    servedGroup(
      'authorization.k8s.io',
      localSubjectAccessReviews(authorize),
      selfSubjectAccessReviews(authorize),
      selfSubjectRulesReviews(rbac),
      subjectAccessReviews(deps),
    ),
    servedGroup('certificates.k8s.io', certificateSigningRequests()),
    servedGroup('coordination.k8s.io', leases()),
    servedGroup(
      'rbac.authorization.k8s.io',
      clusterRoleBindings(guard),
      clusterRoles(guard),
      roleBindings(guard),
      roles(guard),
    ),
    servedGroup(
      'admissionregistration.k8s.io',
      mutatingAdmissionPolicies(),
      mutatingAdmissionPolicyBindings(),
      mutatingWebhookConfigurations(),
      validatingAdmissionPolicies(),
      validatingAdmissionPolicyBindings(),
      validatingWebhookConfigurations(),
    ),
    servedGroup('events.k8s.io', eventsEvents()),
  ];
}
