import { humanDuration, type Json, type KubeObject } from '@kcp/api-machinery';
import type { TableColumn } from '@kcp/apiserver';
import type { PrinterColumn } from '../definition/custom-resource-definition.ts';
import { findFirst } from '../json-path/find.ts';
import type { JsonPath } from '../json-path/json-path.ts';
import { printValue } from '../json-path/print.ts';
import { readPath } from '../json-path/read-path.ts';

const MORE = 'More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata';

const NAME_DESCRIPTION =
  'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names';

const CREATION_DESCRIPTION = `CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. ${MORE}`;

/** The column that every table begins with. */
export const nameColumn: TableColumn = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: NAME_DESCRIPTION,
  priority: 0,
  cell: (object) => object.metadata.name ?? '',
};

/** When something was made, as a time: kinds without columns of their own that are built in, definitions among them. */
export const createdAtColumn: TableColumn = {
  name: 'Created At',
  type: 'date',
  format: '',
  description: CREATION_DESCRIPTION,
  priority: 0,
  cell: (object) => object.metadata.creationTimestamp ?? null,
};

const AGE: PrinterColumn = {
  name: 'Age',
  type: 'date',
  description: CREATION_DESCRIPTION,
  jsonPath: '.metadata.creationTimestamp',
};

/**
 * A table's columns for a version: the name, then its printer columns, or the age where it has none. Columns from the first
 * whose path cannot be read are left out (apiextensions tableconvertor).
 */
export function printerColumns(columns: readonly PrinterColumn[] | undefined): readonly TableColumn[] {
  const read: TableColumn[] = [nameColumn];
  for (const column of columns === undefined || columns.length === 0 ? [AGE] : columns) {
    const path = tryReadPath(column.jsonPath);
    if (path === undefined) break;
    read.push(printerColumn(column, path));
  }
  return read;
}

function tryReadPath(text: string): JsonPath | undefined {
  try {
    return readPath(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function printerColumn(column: PrinterColumn, path: JsonPath): TableColumn {
  const { name, type, format = '', priority = 0 } = column;
  const described = column.description ?? '';
  const description =
    described === '' ? `Custom resource definition column (in JSONPath format): ${column.jsonPath}` : described;
  return { name, type, format, description, priority, cell: (object, now) => cell(type, found(path, object), now) };
}

function found(path: JsonPath, object: KubeObject): Json | undefined {
  return findFirst(path, object);
}

function cell(type: string, value: Json | undefined, now: number): Json {
  if (value === undefined) return null;
  switch (type) {
    case 'string':
      return printValue(value);
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : typeof value === 'bigint' ? value : null;
    case 'number':
      return typeof value === 'bigint' ? Number(value) : typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? age(value, now) : null;
    default:
      return null;
  }
}

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function age(text: string, now: number): string {
  if (text === '') return '<unknown>';
  const time = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? '<invalid>' : humanDuration(now - time);
}
