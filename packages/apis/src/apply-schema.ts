import type { Json } from '@kcp/api-machinery';
import type { ListType, StructType, ValueType } from './table.ts';

/** How finely a type is owned: the contract of @kcp/patch, fulfilled structurally. */
export type TableApplySchema =
  | { readonly kind: 'scalar'; readonly type?: 'boolean' | 'numeric' | 'string' }
  | {
      readonly kind: 'object';
      readonly atomic?: boolean;
      field(name: string): TableApplySchema | undefined;
      readonly values?: TableApplySchema;
    }
  | {
      readonly kind: 'list';
      readonly type: 'atomic' | 'set' | 'map';
      readonly items: TableApplySchema;
      readonly keys?: readonly string[];
      readonly keyDefaults?: Readonly<Record<string, Json>>;
    }
  | { readonly kind: 'deduced' };

type ObjectApplySchema = Extract<TableApplySchema, { kind: 'object' }>;

const ANY: TableApplySchema = { kind: 'scalar' };
const TEXT: TableApplySchema = { kind: 'scalar', type: 'string' };
const NUMBER: TableApplySchema = { kind: 'scalar', type: 'numeric' };
const DEDUCED: TableApplySchema = { kind: 'deduced' };

/** What server-side apply lets stand for a value without parts; texts with a format take any scalar, as their schemas do. */
const scalars: Readonly<Record<Extract<ValueType, string>, TableApplySchema>> = {
  string: TEXT,
  bool: { kind: 'scalar', type: 'boolean' },
  int32: NUMBER,
  int64: NUMBER,
  double: NUMBER,
  base64: TEXT,
  time: ANY,
  microTime: ANY,
  quantity: ANY,
  json: DEDUCED,
  object: { kind: 'object', atomic: true, field: () => undefined, values: DEDUCED },
};

const schemas = new WeakMap<StructType, ObjectApplySchema>();

/** How the fields of a built-in kind are owned, type meta included. Made once a kind, not per request. */
export function applySchema(type: StructType): TableApplySchema {
  const fields = ofStruct(type);
  return { ...fields, field: (name) => (name === 'apiVersion' || name === 'kind' ? TEXT : fields.field(name)) };
}

/** Fields are made when they are asked for, because types may contain themselves. */
function ofStruct(type: StructType): ObjectApplySchema {
  const known = schemas.get(type);
  if (known) return known;
  const fields = new Map<string, TableApplySchema>();
  const schema: ObjectApplySchema = {
    kind: 'object',
    ...(type.atomic === true && { atomic: true }),
    field(name) {
      const made = fields.get(name);
      if (made !== undefined) return made;
      const field = fieldOf(type, name);
      if (field !== undefined) fields.set(name, field);
      return field;
    },
  };
  schemas.set(type, schema);
  return schema;
}

function fieldOf(type: StructType, name: string): TableApplySchema | undefined {
  const table = type.fields();
  const row = Object.hasOwn(table, name) ? table[name] : undefined;
  return row === undefined ? undefined : ofValue(row[1]);
}

function ofValue(type: ValueType): TableApplySchema {
  if (typeof type === 'string') return scalars[type];
  switch (type.kind) {
    case 'struct':
      return ofStruct(type);
    case 'list':
      return ofList(type);
    case 'map':
      return { kind: 'object', field: () => undefined, values: ofValue(type.of) };
    case 'schemaOr':
      return DEDUCED;
  }
}

function ofList(type: ListType): TableApplySchema {
  const items = ofValue(type.of);
  if (type.listType !== 'map') return { kind: 'list', type: type.listType, items };
  return { kind: 'list', type: 'map', items, keys: type.keys, keyDefaults: keyDefaults(type) };
}

/** What a key of a list's items is where an item lacks it. */
function keyDefaults({ of, keys }: ListType): Readonly<Record<string, Json>> {
  if (typeof of === 'string' || of.kind !== 'struct') return {};
  const table = of.fields();
  const defaults = keys.map((key) => [key, table[key]?.[4]?.default] as const);
  return Object.fromEntries(defaults.filter((entry): entry is [string, Json] => entry[1] !== undefined));
}
