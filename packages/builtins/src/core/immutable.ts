import type { FieldError, KubeObject } from '@kcp/api-machinery';
import { equal, forbidden } from '@kcp/api-machinery';

const WHY = 'field is immutable when `immutable` is set';

/** What may not change once a ConfigMap or Secret is immutable: the flag itself and the named fields. */
export function validateImmutable(object: KubeObject, old: KubeObject, fields: readonly string[]): FieldError[] {
  if (old['immutable'] !== true) return [];
  const errors = object['immutable'] === true ? [] : [forbidden('immutable', WHY)];
  for (const field of fields) {
    const [next, before] = [object[field], old[field]];
    if (!equal(next ?? {}, before ?? {})) errors.push(forbidden(field, WHY));
  }
  return errors;
}
