import { humanDuration } from '@kcp/api-machinery';
import type { Json, KubeObject } from '@kcp/api-machinery';
import type { TableColumn } from '@kcp/apiserver';

/** What a column has where it differs from a plain text column. */
export interface ColumnOptions {
  readonly type?: string;
  readonly format?: string;
  /** 1: only in wide output. */
  readonly priority?: number;
}

/** A column of a table; `cell` reads it from the object. */
export function column(
  name: string,
  description: string,
  cell: TableColumn['cell'],
  { type = 'string', format = '', priority = 0 }: ColumnOptions = {},
): TableColumn {
  return { name, type, format, description, priority, cell };
}

/** The first column of all tables. */
export const nameColumn: TableColumn = column(
  'Name',
  'Name of the object, unique among the objects of its kind in its namespace.',
  (object) => object.metadata.name ?? '',
  { format: 'name' },
);

/** How long ago a time was; `<unknown>` where there is none. */
export function age(time: Json | undefined, now: number): string {
  if (typeof time !== 'string') return '<unknown>';
  const at = Date.parse(time);
  return Number.isNaN(at) ? '<invalid>' : humanDuration(now - at);
}

/** How long ago the object was created. */
export const ageColumn: TableColumn = column('Age', 'Time since the object was created.', (object, now) =>
  age(object.metadata.creationTimestamp, now),
);

/** The columns of resources that have none of their own. */
export const createdAtColumns: readonly TableColumn[] = [
  nameColumn,
  column(
    'Created At',
    'Time at which the object was created.',
    (object: KubeObject) => object.metadata.creationTimestamp ?? null,
    { type: 'date' },
  ),
];

/** Name, the given columns, age. */
export function withNameAndAge(...columns: readonly TableColumn[]): readonly TableColumn[] {
  return [nameColumn, ...columns, ageColumn];
}
