import { noSuchOverload } from './fault.ts';
import type { Int } from './number.ts';
import { Double, ListValue, MapValue, Optional, Uint } from './value.ts';
import type { Value } from './value.ts';

/** A string, or no such overload. */
export function asString(value: Value | undefined): string {
  if (typeof value !== 'string') throw noSuchOverload();
  return value;
}

/** A bool, or no such overload. */
export function asBool(value: Value | undefined): boolean {
  if (typeof value !== 'boolean') throw noSuchOverload();
  return value;
}

/** An int, or no such overload. */
export function asInt(value: Value | undefined): Int {
  if (typeof value !== 'number' && typeof value !== 'bigint') throw noSuchOverload();
  return value;
}

/** An int as an index or count; those beyond 2^53 are far out of any range. */
export function asIndex(value: Value | undefined): number {
  return Number(asInt(value));
}

/** A uint's number, or no such overload. */
export function asUint(value: Value | undefined): bigint {
  if (!(value instanceof Uint)) throw noSuchOverload();
  return value.value;
}

/** A double's number, or no such overload. */
export function asDouble(value: Value | undefined): number {
  if (!(value instanceof Double)) throw noSuchOverload();
  return value.value;
}

/** A list, or no such overload. */
export function asList(value: Value | undefined): ListValue {
  if (!(value instanceof ListValue)) throw noSuchOverload();
  return value;
}

/** A map, or no such overload. */
export function asMap(value: Value | undefined): MapValue {
  if (!(value instanceof MapValue)) throw noSuchOverload();
  return value;
}

/** Bytes, or no such overload. */
export function asBytes(value: Value | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) throw noSuchOverload();
  return value;
}

/** An optional, or no such overload. */
export function asOptional(value: Value | undefined): Optional {
  if (!(value instanceof Optional)) throw noSuchOverload();
  return value;
}

/** A value of a class, or no such overload. */
export function asInstance<T>(of: abstract new (...args: never[]) => T, value: unknown): T {
  if (!(value instanceof of)) throw noSuchOverload();
  return value;
}
