import type { Json } from '@kcp/api-machinery';
import { isArray, isObject, own } from '@kcp/api-machinery';
import type { KeywordReader } from './keyword-readers.ts';
import { readFlag, readText } from './keyword-values.ts';
import type { SchemaReader } from './parse-schema.ts';
import type { ValidationRule } from './structural-schema.ts';

/** Reads `x-kubernetes-validations`. */
export const readValidations: KeywordReader = (draft, value, at) => {
  if (!isArray(value)) {
    at.refuse('x-kubernetes-validations', value, 'v1.ValidationRules');
    return undefined;
  }
  const rules: ValidationRule[] = [];
  const stored: Json[] = [];
  for (const [index, item] of value.entries()) {
    const rule = readRule(item ?? {}, `x-kubernetes-validations[${index}]`, at);
    rules.push(rule);
    stored.push(
      Object.fromEntries(
        Object.entries(rule).filter(
          ([key, member]) => member !== undefined && (member !== '' || key === 'rule' || key === 'reason'),
        ),
      ),
    );
  }
  draft.validations = rules;
  return rules.length === 0 ? undefined : stored;
};

const RULE_MEMBERS = new Set(['rule', 'message', 'messageExpression', 'reason', 'fieldPath', 'optionalOldSelf']);

function readRule(item: Json, step: string, at: SchemaReader): ValidationRule {
  if (!isObject(item)) at.refuse(step, item, 'v1.ValidationRule');
  const members = isObject(item) ? item : {};
  for (const key of Object.keys(members))
    if (!RULE_MEMBERS.has(key)) at.unknownFields.push(`${at.path}.${step}.${key}`);
  const member = (name: string): string | undefined => {
    const given = own(members, name) ?? null;
    return given === null ? undefined : readText(`${step}.${name}`, given, at);
  };
  const optional = own(members, 'optionalOldSelf') ?? null;
  return {
    rule: member('rule') ?? '',
    message: member('message'),
    messageExpression: member('messageExpression'),
    reason: member('reason'),
    fieldPath: member('fieldPath'),
    optionalOldSelf: optional === null ? undefined : readFlag(`${step}.optionalOldSelf`, optional, at),
  };
}
