import { addErrors, childPath, forbidden, invalid, itemPath, required, tooLong } from './field-error.ts';
import type { FieldError } from './field-error.ts';
import { goStringList, isPrintable, utf8Length } from './go-format.ts';
import { equal } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { isLabelValue, isQualifiedName, nameIsDnsLabel } from './name-validation.ts';
import type { NameValidator } from './name-validation.ts';
import type { ObjectMeta } from './object-meta.ts';
import { validateOwnerReferences } from './owner-reference-validation.ts';

/** What an object's kind asks of its metadata. */
export interface ObjectMetaRules {
  readonly namespaced: boolean;
  readonly validateName: NameValidator;
  /** Where the metadata stands; `metadata` unless said otherwise. */
  readonly path?: string;
}

/** All annotations together may have so many bytes, keys and values. */
export const MAX_ANNOTATION_BYTES = 256 * 1024;

/** What is wrong with the metadata of a new object, its name already generated (Go's validation.ValidateObjectMeta). */
export function validateObjectMeta(meta: Readonly<ObjectMeta>, rules: ObjectMetaRules): FieldError[] {
  const path = rules.path ?? 'metadata';
  const errors: FieldError[] = [];
  const { name = '', generateName = '', generation = 0 } = meta;
  if (generateName !== '') {
    pushAll(errors, childPath(path, 'generateName'), generateName, rules.validateName(generateName, true));
  }
  if (name === '') errors.push(required(childPath(path, 'name'), 'name or generateName is required'));
  else pushAll(errors, childPath(path, 'name'), name, rules.validateName(name));
  checkNamespace(errors, meta.namespace ?? '', { path: childPath(path, 'namespace'), namespaced: rules.namespaced });
  if (generation < 0)
    errors.push(invalid(childPath(path, 'generation'), generation, 'must be greater than or equal to 0'));
  addErrors(errors, validateLabels(meta.labels, childPath(path, 'labels')));
  addErrors(errors, validateAnnotations(meta.annotations, childPath(path, 'annotations')));
  addErrors(errors, validateOwnerReferences(meta.ownerReferences ?? [], childPath(path, 'ownerReferences')));
  addErrors(errors, validateFinalizers(meta.finalizers ?? [], childPath(path, 'finalizers')));
  addErrors(errors, validateManagedFields(meta.managedFields ?? [], childPath(path, 'managedFields')));
  return errors;
}

/** What a change of metadata may not do (Go's validation.ValidateObjectMetaUpdate). */
export function validateObjectMetaUpdate(
  next: Readonly<ObjectMeta>,
  old: Readonly<ObjectMeta>,
  path = 'metadata',
): FieldError[] {
  const errors: FieldError[] = [];
  if (old.deletionTimestamp !== undefined) checkNoNewFinalizers(errors, next, old, childPath(path, 'finalizers'));
  const { resourceVersion = '', generation = 0 } = next;
  if (resourceVersion === '') {
    errors.push(invalid(childPath(path, 'resourceVersion'), '', 'must be specified for an update'));
  }
  if (generation < (old.generation ?? 0)) {
    errors.push(invalid(childPath(path, 'generation'), generation, 'must not be decremented'));
  }
  for (const [field, empty] of IMMUTABLE) {
    const value = next[field] ?? empty;
    errors.push(...validateImmutableField(value, old[field] ?? empty, childPath(path, field)));
  }
  addErrors(errors, validateLabels(next.labels, childPath(path, 'labels')));
  addErrors(errors, validateAnnotations(next.annotations, childPath(path, 'annotations')));
  addErrors(errors, validateOwnerReferences(next.ownerReferences ?? [], childPath(path, 'ownerReferences')));
  addErrors(errors, validateManagedFields(next.managedFields ?? [], childPath(path, 'managedFields')));
  return errors;
}

const IMMUTABLE = [
  ['name', ''],
  ['namespace', ''],
  ['uid', ''],
  ['creationTimestamp', null],
  ['deletionTimestamp', null],
  ['deletionGracePeriodSeconds', null],
] as const;

/** `Invalid value: "new": field is immutable` where the two differ. */
export function validateImmutableField(next: Json, old: Json, path: string): FieldError[] {
  return equal(next, old) ? [] : [invalid(path, next, 'field is immutable')];
}

/** What is wrong with labels, in the order of their keys. */
export function validateLabels(labels: ObjectMeta['labels'], path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of Object.keys(labels ?? {}).sort()) {
    const value = labels?.[key] ?? '';
    pushAll(errors, path, key, isQualifiedName(key));
    pushAll(errors, path, value, isLabelValue(value));
  }
  return errors;
}

/** What is wrong with annotations: keys (in any case) and the size of them all together. */
export function validateAnnotations(annotations: ObjectMeta['annotations'], path: string): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const key of Object.keys(annotations ?? {}).sort()) {
    pushAll(errors, path, key, isQualifiedName(key.toLowerCase()));
    size += utf8Length(key) + utf8Length(annotations?.[key] ?? '');
  }
  if (size > MAX_ANNOTATION_BYTES) errors.push(tooLong(path, MAX_ANNOTATION_BYTES));
  return errors;
}

/** What is wrong with finalizers: each a qualified name, and not both of the collector's own. */
export function validateFinalizers(finalizers: readonly string[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const finalizer of finalizers) pushAll(errors, path, finalizer, isQualifiedName(finalizer));
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(invalid(path, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  }
  return errors;
}

/** What is wrong with entries of managedFields. */
export function validateManagedFields(entries: readonly JsonObject[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  entries.forEach((entry, at) => {
    const here = itemPath(path, at);
    const { operation = '', fieldsType = '', manager = '', subresource = '' } = entry;
    if (operation !== 'Apply' && operation !== 'Update') {
      errors.push(invalid(childPath(here, 'operation'), operation, 'must be `Apply` or `Update`'));
    }
    if (fieldsType !== '' && fieldsType !== 'FieldsV1') {
      errors.push(invalid(childPath(here, 'fieldsType'), fieldsType, 'must be `FieldsV1`'));
    }
    if (typeof manager === 'string') errors.push(...validateFieldManager(manager, childPath(here, 'manager')));
    if (typeof subresource === 'string' && utf8Length(subresource) > 256)
      errors.push(tooLong(childPath(here, 'subresource'), 256));
  });
  return errors;
}

/** What is wrong with the name of a field manager: at most 128 bytes, all printable. */
export function validateFieldManager(manager: string, path: string): FieldError[] {
  const errors: FieldError[] = utf8Length(manager) > 128 ? [tooLong(path, 128)] : [];
  let at = 0;
  for (const character of manager) {
    if (!isPrintable(character)) {
      const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      errors.push(invalid(path, manager, `invalid character U+${code} (at position ${at})`));
    }
    at += utf8Length(character);
  }
  return errors;
}

function checkNamespace(errors: FieldError[], namespace: string, rule: { path: string; namespaced: boolean }): void {
  if (!rule.namespaced) {
    if (namespace !== '') errors.push(forbidden(rule.path, 'not allowed on this type'));
  } else if (namespace === '') errors.push(required(rule.path));
  else pushAll(errors, rule.path, namespace, nameIsDnsLabel(namespace));
}

function checkNoNewFinalizers(errors: FieldError[], next: ObjectMeta, old: ObjectMeta, path: string): void {
  const known = new Set(old.finalizers);
  const added = [...new Set(next.finalizers)].filter((finalizer) => !known.has(finalizer)).sort();
  if (added.length === 0) return;
  const why = 'no new finalizers can be added if the object is being deleted, found new finalizers';
  errors.push(forbidden(path, `${why} ${goStringList(added)}`));
}

function pushAll(errors: FieldError[], path: string, value: string, messages: readonly string[]): void {
  for (const message of messages) errors.push(invalid(path, value, message));
}
