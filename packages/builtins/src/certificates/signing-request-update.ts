import type { FieldError, KubeObject } from '@kcp/api-machinery';
import { equal, forbidden, objectAt, textAt, textsAt } from '@kcp/api-machinery';
import { certificateOf, conditionsOf, conditionsOfType, signerName } from './conditions.ts';
import {
  certificateErrors,
  DECISIONS,
  toleratingErrors,
  USAGES,
  type Tolerated,
} from './signing-request-validation.ts';

/** Which part of a request an update may touch. */
export type SigningRequestPart = 'approval' | 'object' | 'status';

const CONDITIONS = 'status.conditions';
const CERTIFICATE = 'status.certificate';

/** What a change of a request may not do. */
export function signingRequestUpdateErrors(
  object: KubeObject,
  old: KubeObject,
  part: SigningRequestPart,
): FieldError[] {
  return [
    ...toleratingErrors(object, toleratedBy(object, old)),
    ...removedDecisions(object, old),
    ...(part === 'approval' ? [] : changedDecisions(object, old)),
    ...changedCertificate(object, old, part),
  ];
}

function toleratedBy(object: KubeObject, old: KubeObject): Tolerated {
  const usages = textsAt(objectAt(old, 'spec'), 'usages');
  const types = conditionsOf(old).map((condition) => textAt(condition, 'type'));
  return {
    usages: new Set(usages).size < usages.length || usages.some((usage) => !USAGES.includes(usage)),
    signer: signerName(old) === 'kubernetes.io/legacy-unknown',
    emptyTypes: types.includes(''),
    duplicateTypes: new Set(types).size < types.length,
    bothDecisions: types.includes('Approved') && types.includes('Denied'),
    certificate: certificateOf(object) === certificateOf(old) || certificateErrors(old).length > 0,
  };
}

function removedDecisions(object: KubeObject, old: KubeObject): FieldError[] {
  return DECISIONS.flatMap((type) =>
    conditionsOfType(object, type).length < conditionsOfType(old, type).length
      ? [forbidden(CONDITIONS, `updates may not remove a condition of type ${JSON.stringify(type)}`)]
      : [],
  );
}

function changedDecisions(object: KubeObject, old: KubeObject): FieldError[] {
  return ['Approved', 'Denied'].flatMap((type) => {
    const [now, before] = [conditionsOfType(object, type), conditionsOfType(old, type)];
    const refuse = (what: string): FieldError[] => [
      forbidden(CONDITIONS, `updates may not ${what} a condition of type ${JSON.stringify(type)}`),
    ];
    if (now.length > before.length) return refuse('add');
    return now.length < before.length || equal(now, before) ? [] : refuse('modify');
  });
}

function changedCertificate(object: KubeObject, old: KubeObject, part: SigningRequestPart): FieldError[] {
  const before = certificateOf(old);
  if (certificateOf(object) === before) return [];
  if (part !== 'status') return [forbidden(CERTIFICATE, 'updates may not set certificate content')];
  return before === '' ? [] : [forbidden(CERTIFICATE, 'updates may not modify existing certificate content')];
}
