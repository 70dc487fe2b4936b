import { caBundleError } from '../definition/ca-bundle.ts';
import type { ConditionClaim } from '../definition/condition.ts';
import { isConditionTrue } from '../definition/condition.ts';
import type { CustomResourceDefinition } from '../definition/custom-resource-definition.ts';

/**
 * What the condition Established is to say, which has its only writer here (apiextensions controller/establish). What was
 * established stays so; undefined where nothing changes.
 */
export function establish(definition: CustomResourceDefinition): ConditionClaim | undefined {
  if (isConditionTrue(definition, 'Established')) return undefined;
  if (!isConditionTrue(definition, 'NamesAccepted')) {
    return { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' };
  }
  if (caBundleError(definition.spec.conversion?.webhook?.clientConfig?.caBundle) !== undefined) {
    const message = 'The conversion webhook CABundle is invalid';
    return { type: 'Established', status: 'False', reason: 'InvalidCABundle', message };
  }
  const message = 'the initial names have been accepted';
  return { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message };
}
