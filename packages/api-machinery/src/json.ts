/** A value that came from JSON. Integers that a double cannot hold are bigints, so that 9223372036854775807 survives. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;

/** A JSON object. Its keys may be any string, `__proto__` included: read with `own`, write with `put`. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** A JSON object that its owner may still change. */
export interface MutableJsonObject {
  [key: string]: Json | undefined;
}

/** True for a JSON object: neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a JSON array. */
export function isArray(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/** An object's own property; `constructor` and `__proto__` are undefined unless the data has them. */
export function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Sets an own property, also where the key is `__proto__`. */
export function put(object: MutableJsonObject, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    object[key] = value;
  }
}

/** A deep copy that the caller may change. */
export function clone<T extends Json>(value: T): T {
  return cloneAny(value) as T;
}

function cloneAny(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (isArray(value)) return value.map(cloneAny);
  const copy: MutableJsonObject = {};
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (member !== undefined) put(copy, key, cloneAny(member));
  }
  return copy;
}

/** Deep equality of two JSON values; the order of keys means nothing. */
export function equal(a: Json | undefined, b: Json | undefined): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (isArray(a)) return isArray(b) && a.length === b.length && a.every((item, at) => equal(item, b[at]));
  if (isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]));
}

const LONG_NUMBER = /\d{16}/;
const INTEGER = /^-?\d{1,19}$/;

function exact(_key: string, value: Json, context?: { source?: string }): Json {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined || Number.isSafeInteger(value)) return value;
  if (!INTEGER.test(source)) return value;
  const integer = BigInt(source);
  return BigInt.asIntN(64, integer) === integer ? integer : value;
}

/**
 * Reads JSON. Throws SyntaxError as JSON.parse does. Integers beyond 2^53 that 64 bits can hold come back as bigints, larger
 * ones as doubles, as Go's decoder has it; the second, slower pass is taken only where the text has a run of 16 digits.
 */
export function parseJson(text: string): Json {
  return LONG_NUMBER.test(text) ? (JSON.parse(text, exact) as Json) : (JSON.parse(text) as Json);
}

/** Writes JSON, bigints as plain integers; with `indent` blanks a level where it is given, else on one line. */
export function stringifyJson(value: Json, indent?: number): string {
  try {
    return JSON.stringify(value, undefined, indent);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const exactly = (_key: string, member: unknown): unknown => (typeof member === 'bigint' ? rawJson(member) : member);
    return JSON.stringify(value, exactly, indent);
  }
}

function rawJson(integer: bigint): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(integer.toString());
}
