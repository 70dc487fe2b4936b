import type { FieldError } from '@kcp/api-machinery';
import { childPath, invalid, itemPath, notSupported, required } from '@kcp/api-machinery';
import { findField } from './field-path.ts';
import type { StructuralSchema, ValidationRule } from './structural-schema.ts';
import { findUnsupported } from './unsupported-keywords.ts';

const REASONS: readonly string[] = [
  'FieldValueDuplicate',
  'FieldValueForbidden',
  'FieldValueInvalid',
  'FieldValueRequired',
];
const LINE_BREAK = /[\n\r]/;

/** What `x-kubernetes-validations` asks of the fields of its rules, beside that they compile. */
export function validateRuleFields(schema: StructuralSchema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  schema.validations.forEach((rule, index) => {
    const at = itemPath(childPath(path, 'x-kubernetes-validations'), index);
    checkMessage(rule, at, errors);
    checkRest(rule, at, errors);
    checkFieldPath(schema, rule.fieldPath ?? '', childPath(at, 'fieldPath'), errors);
  });
  return errors;
}

function checkMessage(rule: ValidationRule, at: string, errors: FieldError[]): void {
  const message = rule.message ?? '';
  const trimmed = message.trim();
  const field = childPath(at, 'message');
  if (rule.rule.trim() === '') errors.push(required(childPath(at, 'rule'), 'rule is not specified'));
  else if (message !== '' && trimmed === '') errors.push(invalid(field, message, 'must be non-empty if specified'));
  else if (LINE_BREAK.test(trimmed)) errors.push(invalid(field, message, 'must not contain line breaks'));
  else if (LINE_BREAK.test(rule.rule.trim()) && trimmed === '') {
    errors.push(required(field, 'message must be specified if rule contains line breaks'));
  }
}

function checkRest(rule: ValidationRule, at: string, errors: FieldError[]): void {
  const { messageExpression = '', reason } = rule;
  if (messageExpression !== '' && messageExpression.trim() === '') {
    const field = childPath(at, 'messageExpression');
    errors.push(required(field, 'messageExpression must be non-empty if specified'));
  }
  if (reason !== undefined && !REASONS.includes(reason)) {
    errors.push(notSupported(childPath(at, 'reason'), reason, REASONS));
  }
}

function checkFieldPath(schema: StructuralSchema, fieldPath: string, at: string, errors: FieldError[]): void {
  if (fieldPath === '') return;
  if (fieldPath.trim() === '') errors.push(invalid(at, fieldPath, 'must be non-empty if specified'));
  if (LINE_BREAK.test(fieldPath)) errors.push(invalid(at, fieldPath, 'must not contain line breaks'));
  // A schema that cannot be turned into a structural one is told of elsewhere.
  if (findUnsupported(schema) !== undefined) return;
  if (!findField(fieldPath, schema).found) errors.push(invalid(at, fieldPath, 'must be a valid path'));
}
