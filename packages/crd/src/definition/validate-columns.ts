import { childPath, type FieldError, invalid, itemPath, required } from '@kcp/api-machinery';
import type { PrinterColumn } from './custom-resource-definition.ts';
import { validateSimplePath } from './validate-subresources.ts';

const TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

/** What is wrong with printer columns (ValidateCustomResourceColumnDefinition). */
export function validateColumns(columns: readonly PrinterColumn[] | undefined, path: string): FieldError[] {
  return (columns ?? []).flatMap((column, at) => validateColumn(column, itemPath(path, at)));
}

function validateColumn(column: PrinterColumn, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { type, format, jsonPath } = column;
  const typeRule = `must be one of ${TYPES.join(',')}`;
  if (column.name === '') errors.push(required(childPath(path, 'name')));
  if (type === '') errors.push(required(childPath(path, 'type'), typeRule));
  else if (!TYPES.includes(type)) errors.push(invalid(childPath(path, 'type'), type, typeRule));
  if (format !== undefined && !FORMATS.includes(format)) {
    errors.push(invalid(childPath(path, 'format'), format, `must be one of ${FORMATS.join(',')}`));
  }
  const pathOfPath = childPath(path, 'JSONPath');
  return [...errors, ...(jsonPath === '' ? [required(pathOfPath)] : validateSimplePath(jsonPath, pathOfPath))];
}
