import { FieldSetBuilder, type FieldSet } from './field-set.ts';
import { fieldPath } from './scale-managed-fields.ts';

/** The set of fields named by dotted paths: `status`, `status.conditions`. */
export function dottedFieldSet(...paths: readonly string[]): FieldSet {
  const set = new FieldSetBuilder();
  for (const path of paths) set.insert(fieldPath(path));
  return set.build();
}
