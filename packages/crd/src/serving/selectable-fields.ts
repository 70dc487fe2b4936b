import type { KubeObject } from '@kcp/api-machinery';
import { showValue } from '@kcp/api-machinery';
import type { SelectableField } from '../definition/custom-resource-definition.ts';
import { findFirst } from '../json-path/find.ts';
import type { JsonPath } from '../json-path/json-path.ts';
import { readPath } from '../json-path/read-path.ts';

/** How the fields are read that field selectors may name, by their names: paths without the leading dot. */
export function selectableFieldReaders(
  fields: readonly SelectableField[] | undefined,
): Readonly<Record<string, (object: KubeObject) => string>> {
  return Object.fromEntries(
    (fields ?? []).map(({ jsonPath }) => {
      const path = readPath(jsonPath);
      return [jsonPath.replace(/^\./, ''), (object: KubeObject) => read(path, object)];
    }),
  );
}

function read(path: JsonPath, object: KubeObject): string {
  const value = findFirst(path, object);
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : showValue(value);
}
