import type { KindTable } from '@kcp/apis';
import { applySchema, decodeObject } from '@kcp/apis';
import type { FieldOwnership } from '@kcp/apiserver';

/** How the fields of a built-in kind are owned. It has one version: what is owned in another is owned no longer. */
export function tableOwnership(
  table: Pick<KindTable, 'group' | 'version' | 'kind' | 'type'>,
  resetFields: FieldOwnership['resetFields'],
): FieldOwnership {
  const schema = applySchema(table.type);
  return {
    empty: decodeObject(table.type, table, {}).object,
    schema: () => schema,
    resetFields,
    convert: () => undefined,
  };
}
