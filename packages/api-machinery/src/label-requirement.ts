import { badRequest } from './api-error.ts';
import { aggregate, invalid, itemPath } from './field-error.ts';
import type { FieldError } from './field-error.ts';
import { isLabelValue, isQualifiedName } from './name-validation.ts';

/** What a requirement asks of a label; the names are those of k8s.io/apimachinery selection.Operator. */
export type LabelOperator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';

/** One requirement of a label selector. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: LabelOperator;
  readonly values: readonly string[];
}

/** A checked requirement. Throws ApiError 400 with all that is wrong. */
export function newRequirement(key: string, operator: LabelOperator, values: readonly string[]): LabelRequirement {
  const errors: FieldError[] = [];
  checkKey(errors, 'key', key);
  checkCount(errors, operator, values);
  values.forEach((value, at) => checkValue(errors, itemPath(itemPath('values', at), key), value));
  if (errors.length > 0) throw badRequest(aggregate(errors));
  return { key, operator, values };
}

/** Throws ApiError 400 where a key is none; the parser asks before it knows the operator, and has no path to name. */
export function checkParsedKey(key: string): void {
  const errors: FieldError[] = [];
  checkKey(errors, '<nil>', key);
  if (errors.length > 0) throw badRequest(aggregate(errors));
}

function checkKey(errors: FieldError[], path: string, key: string): void {
  const messages = isQualifiedName(key);
  if (messages.length > 0) errors.push(invalid(path, key, messages.join('; ')));
}

function checkValue(errors: FieldError[], path: string, value: string): void {
  const messages = isLabelValue(value);
  if (messages.length > 0) errors.push(invalid(path, value, messages.join('; ')));
}

function checkCount(errors: FieldError[], operator: LabelOperator, values: readonly string[]): void {
  switch (operator) {
    case 'in':
    case 'notin':
      if (values.length === 0)
        errors.push(invalid('values', values, "for 'in', 'notin' operators, values set can't be empty"));
      return;
    case '=':
    case '==':
    case '!=':
      if (values.length !== 1)
        errors.push(invalid('values', values, 'exact-match compatibility requires one single value'));
      return;
    case 'exists':
    case '!':
      if (values.length > 0)
        errors.push(invalid('values', values, 'values set must be empty for exists and does not exist'));
      return;
    case 'gt':
    case 'lt':
      checkInteger(errors, values);
  }
}

function checkInteger(errors: FieldError[], values: readonly string[]): void {
  if (values.length !== 1)
    errors.push(invalid('values', values, "for 'Gt', 'Lt' operators, exactly one value is required"));
  values.forEach((value, at) => {
    if (!isInt64(value))
      errors.push(invalid(itemPath('values', at), value, "for 'Gt', 'Lt' operators, the value must be an integer"));
  });
}

function isInt64(text: string): boolean {
  if (!/^[+-]?\d{1,40}$/.test(text)) return false;
  const value = BigInt(text.replace('+', ''));
  return BigInt.asIntN(64, value) === value;
}
