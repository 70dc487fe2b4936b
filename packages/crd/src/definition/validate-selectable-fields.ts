import { childPath, duplicate, type FieldError, invalid, itemPath, required, tooMany } from '@kcp/api-machinery';
import { findField, type StructuralSchema } from '@kcp/structural-schema';
import type { SelectableField } from './custom-resource-definition.ts';

const LIMIT = 8;
const TYPES = ['string', 'boolean', 'integer'];
const WRONG_TYPE =
  'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';

/** Which selectable fields there are, and what they must be checked against. */
export interface SelectableFieldsCheck {
  readonly fields: readonly SelectableField[];
  readonly schema: StructuralSchema;
  /** True where the same fields were stored before: then there may be too many of them. */
  readonly unchanged: boolean;
}

/** What is wrong with selectable fields (ValidateCustomResourceSelectableFields). */
export function validateSelectableFields(check: SelectableFieldsCheck, path: string): FieldError[] {
  const { fields, schema, unchanged } = check;
  const seen = new Set<string>();
  const errors = fields.flatMap(({ jsonPath }, at) => {
    const itsPath = childPath(itemPath(path, at), 'jsonPath');
    if (jsonPath === '') return [required(itsPath)];
    const target = findField(jsonPath, schema, { brackets: false });
    if (!target.found) return [invalid(itsPath, jsonPath, `is an invalid path: ${target.error}`)];
    const errors: FieldError[] = [];
    if (target.steps[0] === 'metadata') errors.push(invalid(itsPath, jsonPath, 'must not point to fields in metadata'));
    if (!TYPES.includes(target.schema.type)) errors.push(invalid(itsPath, jsonPath, WRONG_TYPE));
    if (seen.has(jsonPath)) errors.push(duplicate(itsPath, jsonPath));
    seen.add(jsonPath);
    return errors;
  });
  return seen.size > LIMIT && !unchanged ? [...errors, tooMany(path, seen.size, LIMIT)] : errors;
}
