import { ApiError, forbiddenResource, reasonCodes, type Reason } from '@kcp/api-machinery';
import type { AdmissionAttributes } from '../admission.ts';

/** The name by which a refusal calls what it is about (k8s.io/apiserver admission/errors.go). */
export function refusedName({ name, object }: AdmissionAttributes): string {
  if (name !== '') return name;
  return object?.metadata.name || object?.metadata.generateName || 'Unknown';
}

/** A refusal by a validating policy: worded as forbidden, and Invalid unless the policy says another reason. */
export function denial(attributes: AdmissionAttributes, why: string, reason: string): ApiError {
  const said = reason === '' ? 'Invalid' : reason;
  const { message, details } = forbiddenResource(attributes.resource, refusedName(attributes), why);
  const known: Reason = isReason(said) ? said : 'Invalid';
  return new ApiError(known, message, { details: { ...details, causes: [{ message: why }] } });
}

function isReason(text: string): text is Reason {
  return Object.hasOwn(reasonCodes, text);
}
