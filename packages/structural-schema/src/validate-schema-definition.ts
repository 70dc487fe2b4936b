import type { FieldError, Json } from '@kcp/api-machinery';
import { addErrors, childPath, forbidden, invalid, untyped } from '@kcp/api-machinery';
import { validateDefaults } from './default-rules.ts';
import { validateKeywords } from './keyword-rules.ts';
import { parseSchema } from './parse-schema.ts';
import { DefaultRuleCheck } from './rules/default-rule-check.ts';
import type { RuleCheckOptions } from './rules/rule-place.ts';
import { RulePlace } from './rules/rule-place.ts';
import { validateStructural } from './structural-rules.ts';
import type { StructuralSchema } from './structural-schema.ts';
import { findUnsupported } from './unsupported-keywords.ts';

/** Where a schema stands, and what its version serves. */
export interface DefinitionOptions {
  /** The path of the schema: `spec.validation.openAPIV3Schema`, `spec.versions[1].schema.openAPIV3Schema`. */
  readonly path: string;
  /** Whether the version has the status sub-resource, which restricts what may stand at the root. */
  readonly statusSubresource?: boolean;
  /**
   * How expressions of rules are looked at; absent: not at all. `isStored`: the schema was stored before as it is, so what one of its
   * expressions may cost is accepted.
   */
  readonly rules?: RuleCheckOptions;
}

/**
 * Everything that an author of a CRD did wrong in a schema, in Kubernetes' words and order; members in the order of
 * their names, where Kubernetes has none. A schema that cannot be read gives what parseSchema gives.
 */
export function validateSchemaDefinition(schemaJson: Json, options: DefinitionOptions): FieldError[] {
  const { path } = options;
  const { schema, errors } = parseSchema(schemaJson, path);
  return schema === undefined ? [...errors] : validateParsedSchema(schema, options);
}

/** The same for a schema that was read already. */
export function validateParsedSchema(schema: StructuralSchema, options: DefinitionOptions): FieldError[] {
  const { path } = options;
  const errors: FieldError[] = options.statusSubresource === true ? checkRoot(schema, path) : [];
  if (schema.nullable) errors.push(forbidden(childPath(path, 'nullable'), 'nullable cannot be true at the root'));
  const unsupported = findUnsupported(schema);
  const structural = unsupported === undefined ? validateStructure(schema, options) : [];
  addErrors(errors, structural);
  const isFit = unsupported === undefined && structural.length === 0;
  const rules = isFit && options.rules !== undefined ? RulePlace.root(schema, options.rules) : undefined;
  addErrors(errors, validateKeywords(schema, path, rules));
  if (errors.length === 0 && unsupported !== undefined) errors.push(invalid(path, '', unsupported));
  if (rules !== undefined) addErrors(errors, rules.total.errors(path));
  return errors;
}

function validateStructure(schema: StructuralSchema, { path, rules }: DefinitionOptions): FieldError[] {
  const errors = validateStructural(schema, path);
  if (errors.length > 0) return errors;
  return validateDefaults(schema, path, rules === undefined ? undefined : new DefaultRuleCheck());
}

/** Names of the fields of JSONSchemaProps in Go, in their order, for what may stand beside the status sub-resource. */
const ALLOWED_AT_ROOT: readonly (readonly [keyword: string, name: string])[] = [
  ['description', 'Description'],
  ['type', 'Type'],
  ['format', 'Format'],
  ['title', 'Title'],
  ['maximum', 'Maximum'],
  ['exclusiveMaximum', 'ExclusiveMaximum'],
  ['minimum', 'Minimum'],
  ['exclusiveMinimum', 'ExclusiveMinimum'],
  ['maxLength', 'MaxLength'],
  ['minLength', 'MinLength'],
  ['pattern', 'Pattern'],
  ['maxItems', 'MaxItems'],
  ['minItems', 'MinItems'],
  ['uniqueItems', 'UniqueItems'],
  ['multipleOf', 'MultipleOf'],
  ['required', 'Required'],
  ['items', 'Items'],
  ['properties', 'Properties'],
  ['externalDocs', 'ExternalDocs'],
  ['example', 'Example'],
  ['x-kubernetes-preserve-unknown-fields', 'XPreserveUnknownFields'],
  ['x-kubernetes-validations', 'XValidations'],
];

/** The status sub-resource validates `status` alone, so nothing at the root may speak about it. */
function checkRoot(schema: StructuralSchema, path: string): FieldError[] {
  const allowed = new Set(ALLOWED_AT_ROOT.map(([keyword]) => keyword));
  const refused = Object.keys(schema.stored).some((keyword) => !allowed.has(keyword));
  // Kubernetes goes through the keywords in the order of its struct and stops at the first that is wrong.
  const beforeType = ['id', '$schema', '$ref'].some((keyword) => Object.hasOwn(schema.stored, keyword));
  if (!beforeType && schema.type !== '' && schema.type !== 'object') {
    const detail =
      'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
    return [invalid(childPath(path, 'type'), schema.type, detail)];
  }
  if (!refused) return [];
  const names = ALLOWED_AT_ROOT.map(([, name]) => name).join(' ');
  const detail = `only [${names}] fields are allowed at the root of the schema if the status subresource is enabled`;
  return [invalid(path, untyped(schema.stored), detail)];
}
