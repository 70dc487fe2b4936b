import type { FieldError, JsonObject } from '@kcp/api-machinery';
import type { CompiledSchema } from '../../compile-schema.ts';
import { compileSchema } from '../../compile-schema.ts';
import { parseSchema } from '../../parse-schema.ts';
import { validateSchemaDefinition } from '../../validate-schema-definition.ts';
import type { RuleFindings } from '../rule-run.ts';

export const text: JsonObject = { type: 'string' };
export const whole: JsonObject = { type: 'integer' };

/** A rule that has more than its expression. */
export type Written = string | JsonObject;

/** A schema with rules: each a text, or a rule with all its fields. */
export function ruled(schema: JsonObject, ...rules: readonly Written[]): JsonObject {
  const written = rules.map((rule) => (typeof rule === 'string' ? { rule } : rule));
  return { ...schema, 'x-kubernetes-validations': written };
}

export function objectOf(properties: JsonObject, more: JsonObject = {}): JsonObject {
  return { type: 'object', properties, ...more };
}

export function listOf(items: JsonObject, more: JsonObject = {}): JsonObject {
  return { type: 'array', items, ...more };
}

/** Errors as lines: field and message. */
export function told(errors: readonly FieldError[]): readonly string[] {
  return errors.map(({ field, message }) => `${field}: ${message}`);
}

/** What is said of a definition whose root has these properties. */
export function defined(properties: JsonObject, isStored = false): readonly string[] {
  return told(validateSchemaDefinition(objectOf(properties), { path: 'x', rules: { isStored } }));
}

export function compiledOf(schema: JsonObject): CompiledSchema {
  const { schema: parsed, errors } = parseSchema(schema);
  if (parsed === undefined) throw new Error(told(errors).join('\n'));
  return compileSchema(parsed);
}

/** What the rules of a schema find in an object, all at once. */
export function ruledOn(schema: JsonObject, object: JsonObject, old?: JsonObject): RuleFindings {
  const { rules } = compiledOf(schema);
  if (rules === undefined) throw new Error('the schema has no rules');
  const run = rules.start(object, old);
  run.proceed(() => false);
  return run.findings;
}

/** The errors as lines. */
export function refused(schema: JsonObject, object: JsonObject, old?: JsonObject): readonly string[] {
  return told(ruledOn(schema, object, old).errors);
}
