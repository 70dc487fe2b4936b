import type { Json, JsonObject } from '@kcp/api-machinery';

/**
 * What apply needs to know of a type: how fine its parts are owned (KEP-555, list and map types of an OpenAPI schema).
 * `deduced` is a value of unknown type: objects are owned field by field, lists as a whole.
 */
export type ApplySchema = ScalarSchema | ObjectSchema | ListSchema | DeducedSchema;

/** A text, number or boolean. */
export interface ScalarSchema {
  readonly kind: 'scalar';
  /** What an applied value must be; any scalar where it is left out (times, quantities, texts with a format). */
  readonly type?: 'boolean' | 'numeric' | 'string';
}

/** A struct, a map, or both. */
export interface ObjectSchema {
  readonly kind: 'object';
  /** Owned as a whole. */
  readonly atomic?: boolean;
  /** The schema of a declared field; undefined where the type declares none of that name. */
  field(name: string): ApplySchema | undefined;
  /** The schema of all other members: the values of a map. Where it is left out, no other member may be applied. */
  readonly values?: ApplySchema;
  /** The type names no type: lists and scalars may stand here too. */
  readonly open?: boolean;
}

/** A list: owned as a whole, as a set of scalars, or item by item told apart by keys. */
export interface ListSchema {
  readonly kind: 'list';
  readonly type: 'atomic' | 'set' | 'map';
  readonly items: ApplySchema;
  readonly keys?: readonly string[];
  /** What a key is where an item lacks it. */
  readonly keyDefaults?: JsonObject;
}

/** A value whose type is not known. */
export interface DeducedSchema {
  readonly kind: 'deduced';
}

const SCALAR: ScalarSchema = { kind: 'scalar' };
const DEDUCED: DeducedSchema = { kind: 'deduced' };
const DEDUCED_LIST: ListSchema = { kind: 'list', type: 'atomic', items: DEDUCED };
const DEDUCED_OBJECT: ObjectSchema = { kind: 'object', field: () => undefined, values: DEDUCED };

/** A schema that says what kind of value it is for; for a value of unknown type, the kind that the value has. */
export function resolve(schema: ApplySchema, value: Json | undefined): Exclude<ApplySchema, DeducedSchema> {
  if (schema.kind !== 'deduced' && !(schema.kind === 'object' && schema.open)) return schema;
  if (Array.isArray(value)) return DEDUCED_LIST;
  if (typeof value !== 'object') return SCALAR;
  return schema.kind === 'object' ? schema : DEDUCED_OBJECT;
}

/** The schema of an object's member: declared, or the map's. */
export function memberSchema(schema: ObjectSchema, name: string): ApplySchema {
  return schema.field(name) ?? schema.values ?? DEDUCED;
}

/** True where an object or a list is owned as a whole. */
export function isAtomic(schema: ObjectSchema | ListSchema): boolean {
  return schema.kind === 'list' ? schema.type === 'atomic' : schema.atomic === true;
}
