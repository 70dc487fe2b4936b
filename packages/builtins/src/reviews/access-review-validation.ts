import type { FieldError, JsonObject } from '@kcp/api-machinery';
import {
  invalid,
  isQualifiedName,
  itemPath,
  required,
  objectsAt,
  optionalObjectAt,
  textAt,
  textsAt,
} from '@kcp/api-machinery';
import { isSelectorOperator, operatorErrors } from '../label-selector-validation.ts';

function requirementErrors(requirement: JsonObject, path: string, isLabel: boolean): FieldError[] {
  const errors = operatorErrors(requirement, path);
  const key = textAt(requirement, 'key');
  if (isLabel) errors.push(...isQualifiedName(key).map((message) => invalid(`${path}.key`, key, message)));
  else if (key === '') errors.push(required(`${path}.key`, 'must be specified'));
  return errors;
}

function selectorErrors(selector: JsonObject | undefined, path: string, isLabel: boolean): FieldError[] {
  if (selector === undefined) return [];
  const raw = textAt(selector, 'rawSelector');
  const requirements = objectsAt(selector, 'requirements');
  const errors: FieldError[] = [];
  if (raw !== '' && requirements.length > 0) {
    errors.push(invalid(`${path}.rawSelector`, raw, 'may not specified at the same time as requirements'));
  }
  if (raw === '' && requirements.length === 0) {
    errors.push(required(`${path}.requirements`, `when ${path} is specified, requirements or rawSelector is required`));
  }
  requirements.forEach((requirement, at) => {
    errors.push(...requirementErrors(requirement, itemPath(`${path}.requirements`, at), isLabel));
  });
  return errors;
}

/** A path request as the original's messages show it. */
export function shownPathRequest(attributes: JsonObject): JsonObject {
  return { Path: textAt(attributes, 'path'), Verb: textAt(attributes, 'verb') };
}

/** What is wrong with what is asked; `needsUser` where it must be said who would do it. */
export function accessReviewErrors(spec: JsonObject, needsUser: boolean): FieldError[] {
  const [resource, path] = [
    optionalObjectAt(spec, 'resourceAttributes'),
    optionalObjectAt(spec, 'nonResourceAttributes'),
  ];
  const errors: FieldError[] = [];
  if (resource !== undefined && path !== undefined) {
    const why = 'cannot be specified in combination with resourceAttributes';
    errors.push(invalid('spec.nonResourceAttributes', shownPathRequest(path), why));
  }
  if (resource === undefined && path === undefined) {
    const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    errors.push(invalid('spec.resourceAttributes', null, why));
  }
  if (needsUser && textAt(spec, 'user') === '' && textsAt(spec, 'groups').length === 0) {
    errors.push(invalid('spec.user', '', 'at least one of user or group must be specified'));
  }
  if (resource === undefined) return errors;
  const at = 'spec.resourceAttributes';
  errors.push(...selectorErrors(optionalObjectAt(resource, 'fieldSelector'), `${at}.fieldSelector`, false));
  errors.push(...selectorErrors(optionalObjectAt(resource, 'labelSelector'), `${at}.labelSelector`, true));
  return errors;
}

/** Selectors with operators that nobody knows are not looked at, and the answer says so. */
export function ignoredSelectors(spec: JsonObject): string {
  const resource = optionalObjectAt(spec, 'resourceAttributes');
  const ignored = ['fieldSelector', 'labelSelector'].filter((field) => {
    const selector = resource && optionalObjectAt(resource, field);
    const requirements = selector === undefined ? [] : objectsAt(selector, 'requirements');
    return requirements.some((requirement) => !isSelectorOperator(textAt(requirement, 'operator')));
  });
  return ignored.map((field) => `spec.resourceAttributes.${field} ignored due to parse error`).join(', ');
}
