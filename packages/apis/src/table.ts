import type { Json } from '@kcp/api-machinery';

/**
 * A value without parts. `time` has seconds, `microTime` six fraction digits; `json` is anything, `object` a whole object of
 * another kind; `base64` is bytes as JSON writes them.
 */
export type ScalarType =
  | 'string'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'double'
  | 'base64'
  | 'time'
  | 'microTime'
  | 'quantity'
  | 'json'
  | 'object';

/** A list. `merge` is the key of its items for strategic merge, or true where scalars are merged as a set. */
export interface ListType {
  readonly kind: 'list';
  readonly of: ValueType;
  readonly listType: 'atomic' | 'map' | 'set';
  readonly keys: readonly string[];
  readonly merge?: string | true;
}

/** A map from any text to values of one type. */
export interface MapType {
  readonly kind: 'map';
  readonly of: ValueType;
}

/** Where a JSON schema may stand beside something simpler (`items`, `additionalProperties`, `dependencies`). */
export interface SchemaOrType {
  readonly kind: 'schemaOr';
  readonly name: string;
  readonly description: string;
  readonly alternative: 'bool' | 'schemas' | 'strings';
  readonly schema: () => StructType;
}

/** A type with named fields. `fields` is a function so that types may contain themselves. */
export interface StructType {
  readonly kind: 'struct';
  /** The name of its OpenAPI definition, `io.k8s.api.core.v1.ConfigMap`; the last segment is the Go type's. */
  readonly name: string;
  readonly description: string;
  readonly fields: () => Readonly<Record<string, FieldRow>>;
  readonly atomic?: boolean;
}

/** What a field holds. */
export type ValueType = ScalarType | ListType | MapType | StructType | SchemaOrType;

/**
 * What becomes of a field when an object is written (Go's encoding of an API type):
 * - `required`: always there, the zero value where nothing was sent, and clients must send it;
 * - `always`: always there, but clients may leave it out;
 * - `filled`: there unless empty, false or zero;
 * - `pointer`: there if it was sent, zero values included;
 * - `nullable`: as pointer, `null` where it was not sent.
 */
export type Presence = 'required' | 'always' | 'filled' | 'pointer' | 'nullable';

/** What a few fields have beside type and presence. */
export interface FieldExtra {
  /** The values that OpenAPI lists; validation says what happens to others. */
  readonly enum?: readonly string[];
  readonly default?: Json;
  /** In the OpenAPI list of required fields although it is not written when empty. */
  readonly required?: true;
}

/** A field's protobuf number; the numbers on the way to it where a message holds what JSON shows as fields of its owner. */
export type FieldNumber = number | readonly [number, ...number[]];

/** One field: protobuf number, type, presence, description, extras. */
export type FieldRow = readonly [FieldNumber, ValueType, Presence, string, FieldExtra?];

/** A list whose items are replaced as a whole. */
export function list(of: ValueType): ListType {
  return { kind: 'list', of, listType: 'atomic', keys: [] };
}

/** A list of objects merged by a key; `merge: false` where server-side apply merges and strategic merge replaces. */
export function listMap(of: ValueType, key: string, merge = true): ListType {
  return { kind: 'list', of, listType: 'map', keys: [key], ...(merge && { merge: key }) };
}

/** A list of distinct scalars; `merge` where strategic merge adds rather than replaces. */
export function listSet(of: ValueType, merge = false): ListType {
  return { kind: 'list', of, listType: 'set', keys: [], ...(merge && { merge: true }) };
}

/** A map from texts. */
export function map(of: ValueType): MapType {
  return { kind: 'map', of };
}

type Fields = Readonly<Record<string, FieldRow>>;

/** Tables are made when they are first looked at: what nobody asks for costs nothing. */
function once(make: () => Fields): () => Fields {
  let made: Fields | undefined;
  return () => (made ??= make());
}

/** Declares a type with fields. */
export function struct(name: string, description: string, fields: () => Fields): StructType {
  return { kind: 'struct', name, description, fields: once(fields) };
}

/** Declares a type that server-side apply replaces as a whole. */
export function atomicStruct(name: string, description: string, fields: () => Fields): StructType {
  return { ...struct(name, description, fields), atomic: true };
}

/** The Go name of a type, as decoding errors show it: the last segment of its definition's name. */
export function goName(type: StructType): string {
  return type.name.slice(type.name.lastIndexOf('.') + 1);
}
