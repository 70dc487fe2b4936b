import {
  childPath,
  type FieldError,
  goJson,
  invalid,
  isDns1123Subdomain,
  itemPath,
  type JsonObject,
  notSupported,
  required,
} from '@kcp/api-machinery';
import type { DefinitionSpec, DefinitionVersion } from './custom-resource-definition.ts';
import { type HoistedSpec, hoist } from './hoisted-spec.ts';
import { validateConversion } from './validate-conversion.ts';
import { requireNames, validateLabel, validateNames } from './validate-names.ts';
import { storedSchemas, unchangedVersions, validateParts } from './validate-parts.ts';

const SCOPES = ['Cluster', 'Namespaced'];

/** A spec to be checked and, for an update, the one that it replaces. */
export interface SpecCheck {
  readonly spec: DefinitionSpec;
  readonly old?: DefinitionSpec;
  /** Once established, names decide where objects lie and may not change. */
  readonly namesAreImmutable: boolean;
  /** The name that the definition has: only `<plural>.core` may have an empty group. */
  readonly name: string;
}

/** Everything that is wrong with a spec, in the order in which Kubernetes says it (validateCustomResourceDefinitionSpec). */
export function validateSpec(check: SpecCheck): FieldError[] {
  const { spec, old } = check;
  const hoisted = hoist(spec);
  const path = 'spec';
  return [
    ...validateGroup(check),
    ...validateScope(spec.scope),
    ...requireSchemas(hoisted, path),
    ...validateVersions(spec, hoisted, check),
    ...requireNames(spec.names, 'spec.names'),
    ...validateNames(spec.names, 'spec.names'),
    ...validateParts(hoisted.common, {
      path,
      unchanged: unchangedVersions(spec, old).size === hoisted.versions.length,
      hasStoredSchema: storedSchemas(spec, old).size === hoisted.versions.length,
      isCommon: true,
    }),
    ...validateConversion(spec.conversion, 'spec.conversion', old?.conversion),
    ...(old === undefined ? [] : validateImmutable(check, old)),
  ];
}

function validateGroup({ spec: { group, names }, name }: SpecCheck): FieldError[] {
  const path = 'spec.group';
  if (group === '') return name === `${names.plural}.core` ? [] : [required(path)];
  const messages = isDns1123Subdomain(group);
  if (messages.length > 0) return [invalid(path, group, messages.join(','))];
  return group.includes('.') ? [] : [invalid(path, group, 'should be a domain with at least one dot')];
}

function validateScope(scope: string): FieldError[] {
  if (scope === '') return [required('spec.scope')];
  return SCOPES.includes(scope) ? [] : [notSupported('spec.scope', scope, SCOPES)];
}

function requireSchemas({ common, versions }: HoistedSpec, path: string): FieldError[] {
  if (common.schema?.openAPIV3Schema !== undefined) return [];
  return versions.flatMap((version, at) => {
    const itsPath = `${itemPath(childPath(path, 'versions'), at)}.schema.openAPIV3Schema`;
    return version.schema?.openAPIV3Schema === undefined ? [required(itsPath)] : [];
  });
}

function validateVersions(spec: DefinitionSpec, { versions }: HoistedSpec, { old }: SpecCheck): FieldError[] {
  const path = 'spec.versions';
  const unchanged = unchangedVersions(spec, old);
  const stored = storedSchemas(spec, old);
  const errors = versions.flatMap((version, at) => {
    const itsPath = itemPath(path, at);
    return [
      ...validateLabel(version.name, childPath(itsPath, 'name')),
      ...validateDeprecation(version, childPath(itsPath, 'deprecationWarning')),
      ...validateParts(version, {
        path: itsPath,
        unchanged: unchanged.has(version.name),
        hasStoredSchema: stored.has(version.name),
        isCommon: false,
      }),
    ];
  });
  const names = versions.map(({ name }) => name);
  const storing = versions.filter(({ storage }) => storage).length;
  if (new Set(names).size < names.length) errors.push(refuseVersions(versions, 'must contain unique version names'));
  if (storing !== 1) errors.push(refuseVersions(versions, 'must have exactly one version marked as storage version'));
  // the internal version repeats the name of the first version as spec.version
  const [first = ''] = names;
  return first === '' ? errors : [...errors, ...validateLabel(first, 'spec.version')];
}

function refuseVersions(versions: readonly DefinitionVersion[], detail: string): FieldError {
  const value = goJson(versions.map(shownVersion));
  return { type: 'FieldValueInvalid', field: 'spec.versions', message: `Invalid value: ${value}: ${detail}` };
}

/** A version as messages show it: named like the fields of the internal type, without its schema. */
function shownVersion(version: DefinitionVersion): JsonObject {
  return {
    Name: version.name,
    Served: version.served,
    Storage: version.storage,
    Deprecated: version.deprecated ?? false,
    DeprecationWarning: version.deprecationWarning ?? null,
  };
}

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

function validateDeprecation({ deprecated, deprecationWarning: text }: DefinitionVersion, path: string): FieldError[] {
  if (text === undefined) return [];
  if (deprecated !== true) return [invalid(path, text, 'can only be set for deprecated versions')];
  const errors: FieldError[] = [];
  if (Buffer.byteLength(text) > 256) errors.push(invalid(path, text, 'must be <= 256 characters long'));
  if (text === '') errors.push(invalid(path, text, 'must not be an empty string'));
  const at = unprintableAt(text);
  if (at === undefined) return errors;
  const why = `must only contain printable UTF-8 characters; non-printable character found at index ${at}`;
  return [...errors, invalid(path, text, why)];
}

/** The byte at which the first character begins that cannot be printed. */
function unprintableAt(text: string): number | undefined {
  let at = 0;
  for (const character of text) {
    if (!PRINTABLE.test(character)) return at;
    at += Buffer.byteLength(character);
  }
  return undefined;
}

/** What an update may not change. */
export function validateImmutable({ spec, namesAreImmutable: names }: SpecCheck, old: DefinitionSpec): FieldError[] {
  const fields = [
    ...(names
      ? ([
          ['spec.scope', spec.scope, old.scope],
          ['spec.names.kind', spec.names.kind, old.names.kind],
        ] as const)
      : []),
    ['spec.group', spec.group, old.group],
    ['spec.names.plural', spec.names.plural, old.names.plural],
  ] as const;
  return fields.flatMap(([path, value, was]) => (value === was ? [] : [invalid(path, value, 'field is immutable')]));
}
