import type { FieldError, KubeObject } from '@kcp/api-machinery';
import { invalid, isConfigMapKey, itemPath, tooLong, utf8Length, objectAt, textEntriesAt } from '@kcp/api-machinery';
import { kindTable } from '@kcp/apis';
import type { ServedResource } from '@kcp/apiserver';
import { builtinResource } from '../builtin-resource.ts';
import { column, withNameAndAge } from '../columns.ts';
import { validateImmutable } from './immutable.ts';

/** How much the values of a ConfigMap or Secret may hold in total, in bytes. */
export const MOST_BYTES = 1024 * 1024;

/** How many bytes a base64 text stands for. */
export function decodedLength(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : Number(base64.endsWith('='));
  return (base64.length / 4) * 3 - padding;
}

function validate(object: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  const binaryData = objectAt(object, 'binaryData');
  let size = 0;
  for (const [key, value] of textEntriesAt(object, 'data')) {
    for (const message of isConfigMapKey(key)) errors.push(invalid(itemPath('data', key), key, message));
    if (Object.hasOwn(binaryData, key)) {
      errors.push(invalid(itemPath('data', key), key, 'duplicate of key present in binaryData'));
    }
    size += utf8Length(value);
  }
  for (const [key, value] of textEntriesAt(object, 'binaryData')) {
    for (const message of isConfigMapKey(key)) errors.push(invalid(itemPath('binaryData', key), key, message));
    size += decodedLength(value);
  }
  // the original names no field here: its path is the empty text
  if (size > MOST_BYTES) errors.push(tooLong('[]', MOST_BYTES));
  return errors;
}

/** v1 configmaps. */
export function configMaps(): ServedResource {
  return builtinResource({
    table: kindTable('', 'ConfigMap'),
    strategy: {
      validateCreate: validate,
      validatesWholeMetadata: true,
      validateUpdate: (object, old) => [...validateImmutable(object, old, ['data', 'binaryData']), ...validate(object)],
    },
    columns: withNameAndAge(
      column('Data', 'How many keys it has.', (object) => {
        return Object.keys(objectAt(object, 'data')).length + Object.keys(objectAt(object, 'binaryData')).length;
      }),
    ),
  });
}
