import { childPath, invalid } from './field-error.ts';
import type { FieldError } from './field-error.ts';
import { parseApiVersion } from './group-version.ts';
import type { Json, MutableJsonObject } from './json.ts';
import type { OwnerReference } from './object-meta.ts';

/** What is wrong with owner references: all four fields, no Event as owner, one controller at most. */
export function validateOwnerReferences(references: readonly OwnerReference[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  let controller = '';
  for (const reference of references) {
    checkReference(errors, reference, path);
    if (reference.controller !== true) continue;
    const name = `${reference.kind}/${reference.name}`;
    if (controller === '') controller = name;
    else errors.push(invalid(path, references.map(shown), twoControllers(controller, name)));
  }
  return errors;
}

function checkReference(errors: FieldError[], reference: OwnerReference, path: string): void {
  const version = parseApiVersion(reference.apiVersion ?? '') ?? { group: '', version: '' };
  if (version.version === '') {
    errors.push(invalid(childPath(path, 'apiVersion'), reference.apiVersion ?? '', 'version must not be empty'));
  }
  for (const field of ['kind', 'name', 'uid'] as const) {
    if ((reference[field] ?? '') === '') errors.push(invalid(childPath(path, field), '', 'must not be empty'));
  }
  if (version.group === '' && version.version === 'v1' && reference.kind === 'Event') {
    errors.push(invalid(path, shown(reference), '/v1, Kind=Event is disallowed from being an owner'));
  }
}

function twoControllers(first: string, second: string): string {
  return `Only one reference can have Controller set to true. Found "true" in references for ${first} and ${second}`;
}

/** The reference as Go's struct is written: fields in its order, the optional ones only where they are set. */
function shown(reference: OwnerReference): Json {
  const value: MutableJsonObject = {
    apiVersion: reference.apiVersion ?? '',
    kind: reference.kind ?? '',
    name: reference.name ?? '',
    uid: reference.uid ?? '',
  };
  if (reference.controller !== undefined) value['controller'] = reference.controller;
  if (reference.blockOwnerDeletion !== undefined) value['blockOwnerDeletion'] = reference.blockOwnerDeletion;
  return value;
}
