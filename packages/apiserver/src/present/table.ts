import { badRequest, type Json, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import type { Transformation } from '../media/negotiate.ts';
import type { Query } from '../request/query.ts';
import type { ServedResource } from '../served-resource.ts';
import { partialMetadata } from './partial-metadata.ts';

/** How much of an object a row of a Table holds (metav1.IncludeObjectPolicy). */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** Reads `includeObject`. Throws BadRequest for other values. */
export function readIncludeObject(query: Query): IncludeObject {
  const value = query.text('includeObject');
  if (value === '') return 'Metadata';
  if (value === 'None' || value === 'Metadata' || value === 'Object') return value;
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(value)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}

/** How a Table is made of objects. */
export interface TableOptions {
  readonly resource: ServedResource;
  readonly version: Transformation['version'];
  readonly include: IncludeObject;
  /** In milliseconds, for ages. */
  readonly now: number;
  readonly metadata: JsonObject;
  /** Left out (null) in all events of a watch but the first. */
  readonly withColumns: boolean;
}

/** Objects as kubectl prints them (metav1.Table). */
export function makeTable(objects: readonly KubeObject[], options: TableOptions): JsonObject {
  const { resource, version, withColumns, metadata } = options;
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: withColumns ? resource.columns.map(({ cell: _, ...definition }) => definition) : null,
    rows: objects.map((object) => ({ cells: cells(object, options), object: rowObject(object, options) })),
  };
}

function cells(object: KubeObject, { resource, now }: TableOptions): Json {
  return resource.columns.map((column) => column.cell(object, now));
}

function rowObject(object: KubeObject, { include, version }: TableOptions): Json {
  if (include === 'None') return null;
  return include === 'Object' ? object : partialMetadata(object, version);
}
