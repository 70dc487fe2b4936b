import type { FieldError } from '@kcp/api-machinery';
import { duplicate, forbidden, invalid, required, untyped } from '@kcp/api-machinery';
import type { EvaluationError } from '@kcp/cel';
import type { ValidationRule } from '../structural-schema.ts';
import type { RunnableRule } from './rule-node.ts';
import type { RuleTarget } from './rule-target.ts';

/** No rule runs after this. */
export const OUT_OF_BUDGET =
  'validation failed due to running out of cost budget, no further validation rules will be run';

/** A rule that did not hold, in the words of its author, with the reason and the field that the rule names. */
export function failure({ rule, field }: RunnableRule, target: RuleTarget, detail: string): FieldError {
  const path = target.path(field);
  switch (rule.reason) {
    case 'FieldValueForbidden':
      return forbidden(path, detail);
    case 'FieldValueRequired':
      return required(path, detail);
    case 'FieldValueDuplicate':
      return isWhole(target)
        ? { type: 'FieldValueDuplicate', field: path, message: 'Duplicate value' }
        : duplicate(path, untyped(target.value));
    case undefined:
    default:
      return isWhole(target)
        ? { type: 'FieldValueInvalid', field: path, message: `Invalid value: ${detail}` }
        : invalid(path, untyped(target.value), detail);
  }
}

/** A rule that could not be run to its end; what is shown as value is the node's type. */
export function breakdown(target: RuleTarget, detail: string, field = ''): FieldError {
  return invalid(target.path(field), target.node.schema.type, detail);
}

/** Why a rule has no result. */
export function evaluationDetail({ reason, message }: EvaluationError, rule: ValidationRule): string {
  const name = ruleName(rule);
  if (reason === 'budget') {
    return `'${message}': no further validation rules will be run due to call cost exceeds limit for rule: ${name}`;
  }
  if (message.startsWith('no such overload')) {
    return `'${message}': call arguments did not match a supported operator, function or macro signature for rule: ${name}`;
  }
  return `${message} evaluating rule: ${name}`;
}

/** What is said where the rule has no message of its own, or none that could be computed. */
export function plainDetail(rule: ValidationRule): string {
  return (rule.message ?? '') === '' ? `failed rule: ${ruleName(rule)}` : ruleName(rule);
}

function ruleName({ rule, message = '' }: ValidationRule): string {
  return (message === '' ? rule : message).trim();
}

/** Objects and lists are not printed. */
function isWhole({ node }: RuleTarget): boolean {
  return node.schema.type === 'object' || node.schema.type === 'array';
}
