import { CelType, types } from './type.ts';
import type { Duration, Timestamp } from './time.ts';

/** An IEEE double; boxed, because a plain number is an int. */
export class Double {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** An unsigned 64-bit integer. */
export class Uint {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

/** A value that may be absent: `optional.of(x)`, `optional.none()`. */
export class Optional {
  readonly value: Value | undefined;

  constructor(value: Value | undefined) {
    this.value = value;
  }

  static readonly none = new Optional(undefined);
}

/** A list: literals and results hold an array, data of a schema adapts its items when they are read. */
export abstract class ListValue {
  abstract readonly size: number;
  /** The item at an index within the size. */
  abstract at(index: number): Value;
  /** Whether order and repetition matter when two are compared (`x-kubernetes-list-type: set` and `map`: no). */
  equalsList?(other: ListValue): boolean;
  /** A list type's own `+`. */
  concat?(other: ListValue): ListValue;
}

/** A map; keys are bool, int, uint or string. */
export abstract class MapValue {
  abstract readonly size: number;
  /** The value of a key; undefined where absent. */
  abstract find(key: Value): Value | undefined;
  /** All keys in a stable order. */
  abstract keys(): readonly Value[];
}

/** An object with declared fields. */
export abstract class StructValue {
  abstract readonly type: CelType;
  /** The value of a field; undefined where the type has none of that name or it is not set. */
  abstract get(field: string): Value | undefined;
  abstract has(field: string): boolean;
  abstract equals(other: StructValue): boolean;
  /** The fields that are set, by the names that they have as JSON; absent where the object is no data. */
  entries?(): Iterable<readonly [property: string, value: Value]>;
}

/** A value of a library's own type. */
export abstract class OpaqueValue {
  abstract readonly type: CelType;
  abstract equals(other: OpaqueValue): boolean;
  /** What a cost estimate calls its size; 1 where it has none. */
  size?(): number;
}

/** A value of CEL. An int is a number within ±(2^53−1) and a bigint beyond. */
export type Value =
  | null
  | boolean
  | string
  | number
  | bigint
  | Double
  | Uint
  | Uint8Array
  | Timestamp
  | Duration
  | CelType
  | Optional
  | ListValue
  | MapValue
  | StructValue
  | OpaqueValue;

/** A list over an array that nobody changes any more. */
export class ArrayList extends ListValue {
  readonly items: readonly Value[];

  constructor(items: readonly Value[]) {
    super();
    this.items = items;
  }

  get size(): number {
    return this.items.length;
  }

  at(index: number): Value {
    return this.items[index] ?? null;
  }
}

/** The empty list. */
export const emptyList = new ArrayList([]);

/** The items of any list as an array. */
export function itemsOf(list: ListValue): readonly Value[] {
  if (list instanceof ArrayList) return list.items;
  const out: Value[] = [];
  for (let i = 0; i < list.size; i += 1) out.push(list.at(i));
  return out;
}

/** The run-time type of a value. */
export function typeOf(value: Value): CelType {
  if (typeof value === 'number' || typeof value === 'bigint') return types.int;
  if (typeof value === 'string') return types.string;
  return typeof value === 'boolean' ? types.bool : typeOfObject(value);
}

function typeOfObject(value: Exclude<Value, string | number | bigint | boolean>): CelType {
  if (value === null) return types.null;
  if (value instanceof Double) return types.double;
  if (value instanceof Uint) return types.uint;
  if (value instanceof ListValue) return types.list;
  if (value instanceof MapValue) return types.map;
  if (value instanceof Uint8Array) return types.bytes;
  if (value instanceof CelType) return types.type;
  if (value instanceof Optional) return types.optional;
  return value.type;
}
