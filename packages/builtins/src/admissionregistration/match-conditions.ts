import type { ExpressionFault } from '@kcp/admission';
import type { FieldError, JsonObject } from '@kcp/api-machinery';
import {
  duplicate,
  invalid,
  isQualifiedName,
  itemPath,
  required,
  tooMany,
  objectsAt,
  textAt,
} from '@kcp/api-machinery';

const MOST = 64;

/** What is wrong with matchConditions; `check` says what is with an expression. */
export function matchConditionErrors(
  parent: JsonObject,
  path: string,
  check: (expression: string) => ExpressionFault,
): FieldError[] {
  const conditions = objectsAt(parent, 'matchConditions');
  const errors = conditions.length > MOST ? [tooMany(path, conditions.length, MOST)] : [];
  const seen = new Set<string>();
  conditions.forEach((condition, at) => {
    const place = itemPath(path, at);
    const name = textAt(condition, 'name');
    errors.push(...expressionErrors(textAt(condition, 'expression').trim(), `${place}.expression`, check));
    if (name === '') {
      errors.push(required(`${place}.name`));
      return;
    }
    errors.push(...isQualifiedName(name).map((message) => invalid(`${place}.name`, name, message)));
    if (seen.has(name)) errors.push(duplicate(`${place}.name`, name));
    seen.add(name);
  });
  return errors;
}

function expressionErrors(
  expression: string,
  path: string,
  check: (expression: string) => ExpressionFault,
): FieldError[] {
  if (expression === '') return [required(path)];
  const fault = check(expression);
  return fault === undefined ? [] : [invalid(path, expression, fault)];
}
