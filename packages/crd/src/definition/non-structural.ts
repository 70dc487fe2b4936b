import type { ConditionClaim } from './condition.ts';
import type { DefinitionSpec } from './custom-resource-definition.ts';
import { checkSchema } from './validate-schema.ts';

/** One thing that is wrong with a stored schema, as the condition tells it: the path and why. */
export type SchemaFault = string;

/** What of a spec's schemas is not structural. Nothing of what came through validation is; what was imported past it may be. */
export function schemaFaults({ preserveUnknownFields, versions }: DefinitionSpec): readonly SchemaFault[] {
  const faults =
    preserveUnknownFields === true ? ['spec.preserveUnknownFields: Invalid value: true: must be false'] : [];
  for (const [at, version] of (versions ?? []).entries()) {
    const path = `spec.versions[${at}].schema.openAPIV3Schema`;
    const hasStatus = version.subresources?.status !== undefined;
    const { errors } = checkSchema(version.schema?.openAPIV3Schema, { path, hasStatus });
    for (const { field, message } of errors) faults.push(`${field}: ${message}`);
  }
  return faults;
}

/** The condition NonStructuralSchema; undefined where there are no faults. */
export function nonStructuralClaim(faults: readonly SchemaFault[]): ConditionClaim | undefined {
  if (faults.length === 0) return undefined;
  const message = faults.length === 1 ? faults.join() : `[${faults.join(', ')}]`;
  return { type: 'NonStructuralSchema', status: 'True', reason: 'Violations', message };
}
