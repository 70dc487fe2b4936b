import { type FieldError, invalid, itemPath } from '@kcp/api-machinery';
import { validateApproval } from './api-approval.ts';
import { caBundleError } from './ca-bundle.ts';
import { isConditionTrue } from './condition.ts';
import { type CustomResourceDefinition, definitionName, versionsOf } from './custom-resource-definition.ts';
import { validateNames } from './validate-names.ts';
import { type SpecCheck, validateSpec } from './validate-spec.ts';

/** How the spec of a new definition is to be checked. */
export function specCheck({ spec, metadata }: CustomResourceDefinition): SpecCheck {
  return { spec, name: metadata.name ?? '', namesAreImmutable: false };
}

/** How the spec of a definition is to be checked that takes the place of another. */
export function specUpdateCheck(
  { spec, metadata }: CustomResourceDefinition,
  old: CustomResourceDefinition,
): SpecCheck {
  const namesAreImmutable = isConditionTrue(old, 'Established');
  return { spec, name: metadata.name ?? '', old: old.spec, namesAreImmutable };
}

/**
 * Everything that is wrong with a new definition, metadata beside the name aside. A pure function of JSON, as all of this folder.
 * The work is in the spec: its errors may be found elsewhere and be given here.
 */
export function validateDefinition(
  definition: CustomResourceDefinition,
  specErrors: readonly FieldError[] = validateSpec(specCheck(definition)),
): FieldError[] {
  return [
    ...validateName(definition),
    ...specErrors,
    ...validateStatus(definition),
    ...validateStoredVersions(definition),
    ...validateApproval(definition),
    ...validatePreserveUnknownFields(definition),
  ];
}

/** Everything that is wrong with a definition that is to take the place of another. */
export function validateDefinitionUpdate(
  definition: CustomResourceDefinition,
  old: CustomResourceDefinition,
  specErrors: readonly FieldError[] = validateSpec(specUpdateCheck(definition, old)),
): FieldError[] {
  return [
    ...specErrors,
    ...validateCaBundle(definition, old),
    ...validateStatus(definition),
    ...validateStoredVersions(definition),
    ...validateApproval(definition, old),
    ...(old.spec.preserveUnknownFields === true ? [] : validatePreserveUnknownFields(definition)),
  ];
}

/** What is wrong with a status: the names in it. */
export function validateStatus({ status }: CustomResourceDefinition): FieldError[] {
  return validateNames(status.acceptedNames, 'status.acceptedNames');
}

/** A definition is named after what it defines; generated names cannot be. */
function validateName({ metadata, spec }: CustomResourceDefinition): FieldError[] {
  const wanted = definitionName({ group: spec.group, resource: spec.names.plural });
  const { name = '', generateName = '' } = metadata;
  const rule = 'must be spec.names.plural+"."+spec.group';
  const errors: FieldError[] = [];
  if (generateName !== '' && generateName !== wanted) errors.push(invalid('metadata.generateName', generateName, rule));
  if (name !== '' && name !== wanted) errors.push(invalid('metadata.name', name, rule));
  return errors;
}

function validateStoredVersions(definition: CustomResourceDefinition): FieldError[] {
  const path = 'status.storedVersions';
  const stored = definition.status.storedVersions;
  if (stored === null || stored.length === 0) return [invalid(path, null, 'must have at least one stored version')];
  const names = new Set(versionsOf(definition).map(({ name }) => name));
  const missing = versionsOf(definition).filter(({ name, storage }) => storage && !stored.includes(name));
  const errors = missing.map(({ name }) => invalid(path, stored, `must have the storage version ${name}`));
  for (const [at, name] of stored.entries()) {
    if (!names.has(name)) errors.push(invalid(itemPath(path, at), name, stillStored(name)));
  }
  return errors;
}

function stillStored(name: string): string {
  return `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
}

/** Until it is established a definition may have a bundle that cannot be read; so may one that had such before. */
function validateCaBundle({ spec }: CustomResourceDefinition, old: CustomResourceDefinition): FieldError[] {
  const bundle = spec.conversion?.webhook?.clientConfig?.caBundle;
  const error = spec.conversion?.strategy === 'Webhook' ? caBundleError(bundle) : undefined;
  if (error === undefined || !isConditionTrue(old, 'Established')) return [];
  if (caBundleError(old.spec.conversion?.webhook?.clientConfig?.caBundle) !== undefined) return [];
  return [invalid('spec.conversion.webhookClientConfig.caBundle', bundle, error)];
}

function validatePreserveUnknownFields({ spec }: CustomResourceDefinition): FieldError[] {
  if (spec.preserveUnknownFields !== true) return [];
  const instead = 'set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
  return [invalid('spec.preserveUnknownFields', true, `cannot set to true, ${instead}`)];
}
