import { childPath, equal, type FieldError, type Json } from '@kcp/api-machinery';
import type { DefinitionSpec } from './custom-resource-definition.ts';
import type { VersionParts } from './hoisted-spec.ts';
import { validateColumns } from './validate-columns.ts';
import { checkSchema } from './validate-schema.ts';
import { validateSelectableFields } from './validate-selectable-fields.ts';
import { validateSubresources } from './validate-subresources.ts';

/** Where parts stand, and whether they were accepted before. */
export interface PartsPlace {
  readonly path: string;
  /** True where these versions were stored with the same parts: what was accepted then is accepted now. */
  readonly unchanged: boolean;
  /** True where these versions were stored with the same schema, whatever else changed. */
  readonly hasStoredSchema: boolean;
  /** Parts that all versions share are at the top of the internal version, where the schema is called `validation`. */
  readonly isCommon: boolean;
}

/** What is wrong with the schema, sub-resources, columns and selectable fields of a version, or of all versions together. */
export function validateParts(
  parts: VersionParts,
  { path, unchanged, hasStoredSchema, isCommon }: PartsPlace,
): FieldError[] {
  if (unchanged) return [];
  const { schema, subresources, additionalPrinterColumns, selectableFields = [] } = parts;
  const schemaPath = `${childPath(path, isCommon ? 'validation' : 'schema')}.openAPIV3Schema`;
  const checked = checkSchema(schema?.openAPIV3Schema, {
    path: schemaPath,
    hasStatus: subresources?.status !== undefined,
    rules: { isStored: hasStoredSchema },
  });
  const errors = [
    ...checked.errors,
    ...validateSubresources(subresources, childPath(path, 'subresources')),
    ...validateColumns(additionalPrinterColumns, childPath(path, 'additionalPrinterColumns')),
  ];
  if (selectableFields.length === 0 || checked.schema === undefined) return errors;
  const check = { fields: selectableFields, schema: checked.schema, unchanged };
  return [...errors, ...validateSelectableFields(check, childPath(path, 'selectableFields'))];
}

/** The names of the versions that are as they were in the spec before. */
export function unchangedVersions(spec: DefinitionSpec, old: DefinitionSpec | undefined): ReadonlySet<string> {
  const before = new Map((old?.versions ?? []).map((version) => [version.name, version]));
  const same = (spec.versions ?? []).filter((version) => {
    const was = before.get(version.name);
    return was !== undefined && equal(withoutFlags(version) as Json, withoutFlags(was) as Json);
  });
  return new Set(same.map(({ name }) => name));
}

/** The names of the versions whose schema is as it was in the spec before. */
export function storedSchemas(spec: DefinitionSpec, old: DefinitionSpec | undefined): ReadonlySet<string> {
  const before = new Map((old?.versions ?? []).map((version) => [version.name, version]));
  const same = (spec.versions ?? []).filter(({ name, schema }) => {
    const was = before.get(name)?.schema;
    return schema !== undefined && was !== undefined && equal(schema, was);
  });
  return new Set(same.map(({ name }) => name));
}

type Version = NonNullable<DefinitionSpec['versions']>[number];

function withoutFlags({ schema, subresources, additionalPrinterColumns, selectableFields }: Version): VersionParts {
  return {
    ...(schema !== undefined && { schema }),
    ...(subresources !== undefined && { subresources }),
    ...(additionalPrinterColumns !== undefined && { additionalPrinterColumns }),
    ...(selectableFields !== undefined && { selectableFields }),
  };
}
