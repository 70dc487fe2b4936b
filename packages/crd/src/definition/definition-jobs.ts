import { type FieldError, isObject, type Json, parseJson } from '@kcp/api-machinery';
import type { Job } from '@kcp/apiserver';
import type { DefinitionSpec } from './custom-resource-definition.ts';
import { definitionWarnings, newDefinitionWarnings } from './definition-warnings.ts';
import { type SchemaFault, schemaFaults } from './non-structural.ts';
import { type SpecCheck, validateSpec } from './validate-spec.ts';

/** A check of a spec, the specs as JSON: texts are copied faster than objects. */
export interface SentSpecCheck extends Omit<SpecCheck, 'spec' | 'old'> {
  readonly spec: string;
  readonly old?: string;
}

/** What is found out about a spec. */
export interface SpecFindings {
  readonly errors: readonly FieldError[];
  /** What deserves a warning where nothing is wrong; of an update only what is new. */
  readonly warnings: readonly string[];
}

/** Everything that is wrong with a spec, or deserves a warning. */
export const validateSpecJob: Job<SentSpecCheck, SpecFindings> = {
  name: 'validate-definition',
  run: ({ spec: text, old: oldText, ...rest }) => {
    const spec = readSpec(text);
    const old = oldText === undefined ? undefined : readSpec(oldText);
    const errors = validateSpec({ ...rest, spec, ...(old !== undefined && { old }) });
    if (errors.length > 0) return { errors, warnings: [] };
    return { errors, warnings: old === undefined ? definitionWarnings(spec) : newDefinitionWarnings(spec, old) };
  },
};

/** What of a spec's schemas is not structural. */
export const schemaFaultsJob: Job<string, readonly SchemaFault[]> = {
  name: 'check-schemas',
  run: (spec) => schemaFaults(readSpec(spec)),
};

/** What this package has done elsewhere: the sub-path `@kcp/crd/offload`. */
export const definitionJobs: readonly Job<unknown, unknown>[] = [validateSpecJob, schemaFaultsJob];

/** A spec as it was sent: what `decodeDefinition` made. */
function readSpec(text: string): DefinitionSpec {
  const value: Json = parseJson(text);
  if (!isObject(value)) throw new Error('a spec is an object');
  return value as DefinitionSpec;
}
