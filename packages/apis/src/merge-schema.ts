import type { ListType, StructType, ValueType } from './table.ts';

/** What strategic merge needs to know of a field: the contract of @kcp/patch, fulfilled structurally. */
export interface TableMergeSchema {
  /** The schema of a member: of an object its field, of a map every value, of a list the field of its items. */
  field(name: string): TableMergeSchema | undefined;
  readonly listMergeKey?: string;
  readonly strategy?: 'merge';
}

const schemas = new WeakMap<StructType, TableMergeSchema>();

function nothing(): undefined {
  return undefined;
}

function ofList(type: ListType): TableMergeSchema {
  const items = ofValue(type.of);
  return {
    field: items ? (name) => items.field(name) : nothing,
    ...(typeof type.merge === 'string' && { listMergeKey: type.merge }),
    ...(type.merge !== undefined && { strategy: 'merge' }),
  };
}

const scalar: TableMergeSchema = { field: nothing };

function ofValue(type: ValueType): TableMergeSchema {
  if (typeof type === 'string' || type.kind === 'schemaOr') return scalar;
  if (type.kind === 'struct') return mergeSchema(type);
  if (type.kind === 'list') return ofList(type);
  const value = ofValue(type.of);
  return { field: () => value };
}

/** How strategic merge treats the fields of a type; made once per type, fields when they are asked for. */
export function mergeSchema(type: StructType): TableMergeSchema {
  const known = schemas.get(type);
  if (known) return known;
  const fields = new Map<string, TableMergeSchema>();
  const schema: TableMergeSchema = {
    field(name) {
      const made = fields.get(name);
      const table = type.fields();
      const row = made === undefined && Object.hasOwn(table, name) ? table[name] : undefined;
      if (row === undefined) return made;
      const field = ofValue(row[1]);
      fields.set(name, field);
      return field;
    },
  };
  schemas.set(type, schema);
  return schema;
}
