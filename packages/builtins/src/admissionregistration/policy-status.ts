import type { FieldError, JsonObject, KubeObject } from '@kcp/api-machinery';
import {
  invalid,
  isQualifiedName,
  itemPath,
  notSupported,
  required,
  tooLong,
  numberAt,
  objectAt,
  objectsAt,
  textAt,
} from '@kcp/api-machinery';

const STATUSES = ['False', 'True', 'Unknown'];
const REASON = /^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/;
const LONGEST_REASON = 1024;
const LONGEST_MESSAGE = 32_768;

/** What is wrong with the status of a policy: warnings say what of and where, conditions are whole. */
export function policyStatusErrors(object: KubeObject): FieldError[] {
  const status = objectAt(object, 'status');
  const path = 'status.typeChecking.expressionWarnings';
  return [
    ...objectsAt(objectAt(status, 'typeChecking'), 'expressionWarnings').flatMap((warning, at) =>
      ['warning', 'fieldRef']
        .filter((field) => textAt(warning, field).trim() === '')
        .map((field) => required(`${itemPath(path, at)}.${field}`)),
    ),
    ...objectsAt(status, 'conditions').flatMap((condition, at) =>
      conditionErrors(condition, itemPath('status.conditions', at)),
    ),
  ];
}

/** What is wrong with a condition (metav1/validation ValidateConditions). */
function conditionErrors(condition: JsonObject, path: string): FieldError[] {
  const [type, status, reason] = [textAt(condition, 'type'), textAt(condition, 'status'), textAt(condition, 'reason')];
  const errors = isQualifiedName(type).map((message) => invalid(`${path}.type`, type, message));
  if (!STATUSES.includes(status)) errors.push(notSupported(`${path}.status`, status, STATUSES));
  const generation = numberAt(condition, 'observedGeneration') ?? 0;
  if (generation < 0)
    errors.push(invalid(`${path}.observedGeneration`, generation, 'must be greater than or equal to zero'));
  if (textAt(condition, 'lastTransitionTime') === '')
    errors.push(required(`${path}.lastTransitionTime`, 'must be set'));
  if (reason === '') errors.push(required(`${path}.reason`, 'must be set'));
  else if (reason.length > LONGEST_REASON) errors.push(tooLong(`${path}.reason`, LONGEST_REASON));
  else if (!REASON.test(reason))
    errors.push(
      invalid(
        `${path}.reason`,
        reason,
        "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')",
      ),
    );
  if (textAt(condition, 'message').length > LONGEST_MESSAGE) errors.push(tooLong(`${path}.message`, LONGEST_MESSAGE));
  return errors;
}
