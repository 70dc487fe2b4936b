import type { ExpressionRole, PolicyExpressions } from '@kcp/admission';
import type { FieldError, JsonObject, KubeObject } from '@kcp/api-machinery';
import {
  invalid,
  isDns1035Label,
  isDns1123Subdomain,
  itemPath,
  required,
  objectAt,
  objectsAt,
  optionalObjectAt,
  textAt,
} from '@kcp/api-machinery';
import { matchConditionErrors } from './match-conditions.ts';
import { matchResourcesDefaults, matchResourcesErrors } from './match-resources.ts';
import { choiceErrors } from './webhook-configuration.ts';

const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
const RESERVED: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** Fills in what a policy's spec does not say. */
export function policyDefaults(object: KubeObject): KubeObject {
  const spec = objectAt(object, 'spec');
  const match = optionalObjectAt(spec, 'matchConstraints');
  return {
    ...object,
    spec: {
      ...spec,
      ...(match && { matchConstraints: matchResourcesDefaults(match) }),
      failurePolicy: spec['failurePolicy'] ?? 'Fail',
    },
  };
}

function versionErrors(text: string, path: string): FieldError[] {
  if (text === '') return [required(path)];
  const [first = '', second, ...rest] = text.split('/');
  if (rest.length > 0) return [invalid(path, text, `unexpected GroupVersion string: ${text}`)];
  const [group, version] = second === undefined ? ['', first] : [first, second];
  const groupMessages = group === '' ? [] : isDns1123Subdomain(group);
  const errors = groupMessages.length > 0 ? [invalid(path, group, groupMessages.join(','))] : [];
  if (version === '') return [...errors, invalid(path, text, 'version must be specified')];
  const messages = isDns1035Label(version);
  return messages.length > 0 ? [...errors, invalid(path, version, messages.join(','))] : errors;
}

function paramKindErrors(kind: JsonObject, path: string): FieldError[] {
  const errors = versionErrors(textAt(kind, 'apiVersion'), `${path}.apiVersion`);
  const name = textAt(kind, 'kind');
  if (name === '') return [...errors, required(`${path}.kind`)];
  const messages = isDns1035Label(name.toLowerCase());
  if (messages.length === 0) return errors;
  return [
    ...errors,
    invalid(`${path}.kind`, name, `may have mixed case, but should otherwise match: ${messages.join(',')}`),
  ];
}

/** An expression of a policy, and where it is. */
export interface PlacedExpression {
  readonly role: ExpressionRole;
  readonly text: string;
  readonly path: string;
}

/** What is wrong with an expression beside that it is not there. */
export function expressionErrors(expressions: PolicyExpressions, { role, text, path }: PlacedExpression): FieldError[] {
  const fault = expressions.check(role, text);
  return fault === undefined ? [] : [invalid(path, text, fault)];
}

function variableErrors(expressions: PolicyExpressions, variable: JsonObject, at: number): FieldError[] {
  const errors: FieldError[] = [];
  const path = itemPath('spec.variables', at);
  const text = textAt(variable, 'expression');
  const name = textAt(variable, 'name');
  if (name.trim() === '') errors.push(required(`${path}.name`, 'name is not specified'));
  else if (!IDENTIFIER.test(name) || RESERVED.has(name)) {
    errors.push(invalid(`${path}.name`, name, 'must be a valid CEL identifier'));
  }
  if (text.trim() === '') return [...errors, required(`${path}.expression`, 'expression is not specified')];
  const fault = expressions.variable(at);
  return fault === undefined ? errors : [...errors, invalid(`${path}.expression`, text, fault)];
}

/** What is wrong with the parts of a spec that validating and mutating policies share. */
export function policySpecErrors(spec: JsonObject, expressions: PolicyExpressions): FieldError[] {
  const [kind, match] = [optionalObjectAt(spec, 'paramKind'), optionalObjectAt(spec, 'matchConstraints')];
  const errors = choiceErrors(spec, 'failurePolicy', 'spec');
  if (kind !== undefined) errors.push(...paramKindErrors(kind, 'spec.paramKind'));
  const path = 'spec.matchConstraints';
  if (match === undefined) errors.push(required(path));
  else {
    errors.push(...matchResourcesErrors(match, path));
    if (objectsAt(match, 'resourceRules').length === 0) errors.push(required(`${path}.resourceRules`));
  }
  const conditionFault = (text: string): string | undefined => expressions.check('matchCondition', text);
  errors.push(...matchConditionErrors(spec, 'spec.matchConditions', conditionFault));
  objectsAt(spec, 'variables').forEach((variable, at) => {
    errors.push(...variableErrors(expressions, variable, at));
  });
  return errors;
}
