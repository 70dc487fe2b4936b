import type { ConditionClaim } from './condition.ts';
import { type CustomResourceDefinition, versionsOf } from './custom-resource-definition.ts';
import { checkSchema } from './validate-schema.ts';

/**
 * The condition NonStructuralSchema; undefined where all schemas are structural, as every definition's are that came through
 * validation. Definitions that were imported past it are told so.
 */
export function nonStructuralClaim(definition: CustomResourceDefinition): ConditionClaim | undefined {
  const errors =
    definition.spec.preserveUnknownFields === true
      ? ['spec.preserveUnknownFields: Invalid value: true: must be false']
      : [];
  for (const [at, version] of versionsOf(definition).entries()) {
    const path = `spec.versions[${at}].schema.openAPIV3Schema`;
    const hasStatus = version.subresources?.status !== undefined;
    const checked = checkSchema(version.schema?.openAPIV3Schema, { path, hasStatus });
    errors.push(...checked.errors.map(({ field, message }) => `${field}: ${message}`));
  }
  if (errors.length === 0) return undefined;
  const message = errors.length === 1 ? errors.join() : `[${errors.join(', ')}]`;
  return { type: 'NonStructuralSchema', status: 'True', reason: 'Violations', message };
}
