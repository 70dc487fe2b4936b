import type { FieldError, JsonObject } from '@kcp/api-machinery';
import {
  forbidden,
  invalid,
  isLabelValue,
  isQualifiedName,
  itemPath,
  required,
  objectsAt,
  textAt,
  textEntriesAt,
  textsAt,
} from '@kcp/api-machinery';

const VALUED: ReadonlySet<string> = new Set(['In', 'NotIn']);
const UNVALUED: ReadonlySet<string> = new Set(['Exists', 'DoesNotExist']);

/** What is wrong with how many values an operator has; operators that nobody knows are the caller's business. */
export function operatorErrors(requirement: JsonObject, path: string): FieldError[] {
  const operator = textAt(requirement, 'operator');
  const count = textsAt(requirement, 'values').length;
  if (VALUED.has(operator) && count === 0) {
    return [required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
  }
  if (UNVALUED.has(operator) && count > 0) {
    return [forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
  }
  return [];
}

/** True for an operator of label and field selectors. */
export function isSelectorOperator(operator: string): boolean {
  return VALUED.has(operator) || UNVALUED.has(operator);
}

function requirementErrors(requirement: JsonObject, path: string): FieldError[] {
  const [operator, key] = [textAt(requirement, 'operator'), textAt(requirement, 'key')];
  const errors = operatorErrors(requirement, path);
  if (!isSelectorOperator(operator)) {
    errors.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'));
  }
  for (const message of isQualifiedName(key)) errors.push(invalid(`${path}.key`, key, message));
  textsAt(requirement, 'values').forEach((value, at) => {
    for (const message of isLabelValue(value)) errors.push(invalid(itemPath(`${path}.values`, at), value, message));
  });
  return errors;
}

/** What is wrong with a metav1.LabelSelector (k8s.io/apimachinery ValidateLabelSelector). */
export function labelSelectorErrors(selector: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of textEntriesAt(selector, 'matchLabels')) {
    for (const message of isQualifiedName(key)) errors.push(invalid(`${path}.matchLabels`, key, message));
    for (const message of isLabelValue(value)) errors.push(invalid(`${path}.matchLabels`, value, message));
  }
  objectsAt(selector, 'matchExpressions').forEach((requirement, at) => {
    errors.push(...requirementErrors(requirement, itemPath(`${path}.matchExpressions`, at)));
  });
  return errors;
}
