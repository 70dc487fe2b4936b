import { type FieldError, invalid, quote, required } from '@kcp/api-machinery';
import type { ConditionClaim } from './condition.ts';
import type { CustomResourceDefinition } from './custom-resource-definition.ts';

const ANNOTATION = 'api-approved.kubernetes.io';
const DISCUSSION = 'see https://github.com/kubernetes/enhancements/pull/1111';

/** What the approval annotation of a definition in a protected group says. */
export interface ApprovalState {
  readonly state: 'approved' | 'bypassed' | 'missing' | 'invalid';
  readonly reason: string;
}

/** True for the groups of the Kubernetes community: kinds in them need an approval. */
export function isProtectedGroup(group: string): boolean {
  return /(^|\.)(k8s|kubernetes)\.io$/.test(group);
}

/** Reads the approval annotation (apiextensions apihelpers.GetAPIApprovalState). */
export function approvalState({ metadata }: CustomResourceDefinition): ApprovalState {
  const annotation = metadata.annotations?.[ANNOTATION] ?? '';
  if (annotation === '') {
    return {
      state: 'missing',
      reason: `protected groups must have approval annotation "${ANNOTATION}", ${DISCUSSION}`,
    };
  }
  if (annotation.startsWith('unapproved')) return { state: 'bypassed', reason: `not approved: ${quote(annotation)}` };
  if (/^[a-z][a-z\d+.-]*:\/\/[^/?#\s]+/i.test(annotation))
    return { state: 'approved', reason: `approved in ${annotation}` };
  const either = 'with either a URL or a reason starting with "unapproved"';
  return {
    state: 'invalid',
    reason: `protected groups must have approval annotation "${ANNOTATION}" ${either}, ${DISCUSSION}`,
  };
}

/** What is wrong with the approval of a definition; one whose state did not change is left alone. */
export function validateApproval(definition: CustomResourceDefinition, old?: CustomResourceDefinition): FieldError[] {
  if (!isProtectedGroup(definition.spec.group)) return [];
  const { state, reason } = approvalState(definition);
  if (state === 'approved' || state === 'bypassed') return [];
  if (old !== undefined && approvalState(old).state === state) return [];
  const path = `metadata.annotations[${ANNOTATION}]`;
  if (state === 'missing') return [required(path, reason)];
  return [invalid(path, definition.metadata.annotations?.[ANNOTATION], reason)];
}

const CLAIMS = {
  approved: { status: 'True', reason: 'ApprovedAnnotation' },
  bypassed: { status: 'False', reason: 'UnapprovedAnnotation' },
  missing: { status: 'False', reason: 'MissingAnnotation' },
  invalid: { status: 'False', reason: 'InvalidAnnotation' },
} as const;

/** The condition KubernetesAPIApprovalPolicyConformant; undefined outside the protected groups. */
export function approvalClaim(definition: CustomResourceDefinition): ConditionClaim | undefined {
  if (!isProtectedGroup(definition.spec.group)) return undefined;
  const { state, reason: message } = approvalState(definition);
  return { type: 'KubernetesAPIApprovalPolicyConformant', ...CLAIMS[state], message };
}
