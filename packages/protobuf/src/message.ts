import type { Json, JsonObject } from '@kcp/api-machinery';

/** A value without parts; `bytes` are base64 in JSON, integers beyond 2^53 bigints. */
export type Scalar = 'string' | 'bool' | 'int32' | 'int64' | 'double' | 'bytes';

/** A list; on the wire the field occurs once for each item. */
export interface Repeated {
  readonly kind: 'repeated';
  readonly of: Scalar | Message | Wrapped;
}

/** A map from texts; on the wire a list of entries. */
export interface MapOf {
  readonly kind: 'map';
  readonly of: Scalar | Message | Wrapped;
}

/** What a wrapped value's reader is charged for values that no field shows. */
export interface Budget {
  /** Throws RequestEntityTooLarge. */
  spend(values: number): void;
}

/** A message on the wire that is something simpler in JSON: a time, a quantity. */
export interface Wrapped {
  readonly kind: 'wrapped';
  readonly message: Message;
  /** The message's fields; of null too, where a list or map holds one. */
  toMessage(value: Json): JsonObject;
  /** Throws WireError where the fields say nothing that JSON can. */
  fromMessage(fields: JsonObject, budget: Budget): Json;
}

/** A message whose fields JSON shows as fields of the object that holds it (Go's embedded structs). */
export interface Embedded {
  readonly kind: 'embedded';
  readonly message: Message;
}

/** What a field holds. */
export type FieldType = Scalar | Message | Repeated | MapOf | Wrapped | Embedded;

/** One field of a message. */
export interface Field {
  /** Its name in JSON. */
  readonly name: string;
  readonly number: number;
  readonly type: FieldType;
  /** A pointer in Go: written where it is set, zero included. All others are always written. */
  readonly optional: boolean;
}

/** A message: its fields in the order of their numbers. */
export interface Message {
  readonly kind: 'message';
  /** Its Go name, for errors. */
  readonly name: string;
  fields(): readonly Field[];
  byNumber(): readonly (Field | undefined)[];
}

/** How `message` takes fields: number, type, and whether the field is a pointer in Go. */
export type FieldSpec = readonly [number, FieldType, 'optional'?];

/** Declares a message. `specs` is a function so that messages may contain themselves; it is called when one is first used. */
export function message(name: string, specs: () => Readonly<Record<string, FieldSpec>>): Message {
  let ordered: readonly Field[] | undefined;
  let numbered: (Field | undefined)[] | undefined;
  const fields = (): readonly Field[] => (ordered ??= fieldsOf(specs()));
  const byNumber = (): readonly (Field | undefined)[] => (numbered ??= indexOf(fields()));
  return { kind: 'message', name, fields, byNumber };
}

function fieldsOf(specs: Readonly<Record<string, FieldSpec>>): readonly Field[] {
  return Object.entries(specs)
    .map(([name, [number, type, optional]]) => ({ name, number, type, optional: optional === 'optional' }))
    .sort((a, b) => a.number - b.number);
}

function indexOf(fields: readonly Field[]): (Field | undefined)[] {
  const index = Array.from<Field | undefined>({ length: (fields.at(-1)?.number ?? 0) + 1 });
  for (const field of fields) index[field.number] = field;
  return index;
}

/** Declares a list. */
export function repeated(of: Repeated['of']): Repeated {
  return { kind: 'repeated', of };
}

/** Declares a map. */
export function mapOf(of: MapOf['of']): MapOf {
  return { kind: 'map', of };
}

/** Declares a message that is part of its owner in JSON; always written. */
export function embedded(inner: Message): Embedded {
  return { kind: 'embedded', message: inner };
}
