import type { AdmissionAttributes } from '../admission.ts';

const GROUP = 'admissionregistration.k8s.io';

const KINDS: ReadonlySet<string> = new Set([
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
]);

const REVIEWS: ReadonlySet<string> = new Set([
  'authentication.k8s.io/selfsubjectreviews',
  'authentication.k8s.io/tokenreviews',
  'authorization.k8s.io/localsubjectaccessreviews',
  'authorization.k8s.io/selfsubjectaccessreviews',
  'authorization.k8s.io/selfsubjectrulesreviews',
  'authorization.k8s.io/subjectaccessreviews',
]);

/**
 * True for requests that no webhook and no policy is asked about: what configures them, lest nobody could take a wrong one back,
 * and reviews of who somebody is and what they may, lest nobody got in (k8s.io/apiserver IsExemptAdmissionConfigurationResource,
 * ExcludeAdmissionWebhookVirtualResources).
 */
export function isExempt({ kind, resource }: Pick<AdmissionAttributes, 'kind' | 'resource'>): boolean {
  if (kind.group === GROUP) return KINDS.has(kind.kind);
  return resource.group.startsWith('auth') && REVIEWS.has(`${resource.group}/${resource.resource}`);
}
