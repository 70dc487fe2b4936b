import { compareNumbers } from './number.ts';
import { Duration, Timestamp } from './time.ts';
import { CelType } from './type.ts';
import { Double, ListValue, MapValue, OpaqueValue, Optional, StructValue, Uint } from './value.ts';
import type { Value } from './value.ts';

/** Equality of CEL: numbers as real numbers, NaN equals nothing, values of different kinds are unequal. */
export function equalValues(a: Value, b: Value): boolean {
  if (typeof a === 'string' || typeof a === 'boolean' || a === null) return a === b;
  if (typeof a === 'number' && typeof b === 'number') return a === b;
  if (isNumber(a)) return isNumber(b) && compareNumbers(a, b) === 0;
  if (a instanceof ListValue) return b instanceof ListValue && equalLists(a, b);
  if (a instanceof MapValue) return b instanceof MapValue && equalMaps(a, b);
  return typeof b === 'object' && b !== null && equalObjects(a, b);
}

/** int, uint or double. */
export function isNumber(value: Value): value is number | bigint | Uint | Double {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Uint || value instanceof Double;
}

function equalObjects(a: object, b: object): boolean {
  if (a instanceof StructValue) return b instanceof StructValue && a.equals(b);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && equalBytes(a, b);
  if (a instanceof Timestamp) return b instanceof Timestamp && a.seconds === b.seconds && a.nanos === b.nanos;
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (a instanceof CelType) return b instanceof CelType && a.name === b.name;
  if (a instanceof Optional) return b instanceof Optional && equalOptionals(a, b);
  return a instanceof OpaqueValue && b instanceof OpaqueValue && a.type.name === b.type.name && a.equals(b);
}

function equalOptionals(a: Optional, b: Optional): boolean {
  if (a.value === undefined || b.value === undefined) return a.value === b.value;
  return equalValues(a.value, b.value);
}

/** Byte by byte. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function equalLists(a: ListValue, b: ListValue): boolean {
  if (a.equalsList !== undefined) return a.equalsList(b);
  if (b.equalsList !== undefined) return b.equalsList(a);
  if (a.size !== b.size) return false;
  for (let i = 0; i < a.size; i += 1) if (!equalValues(a.at(i), b.at(i))) return false;
  return true;
}

function equalMaps(a: MapValue, b: MapValue): boolean {
  if (a.size !== b.size) return false;
  return a.keys().every((key) => {
    const other = b.find(key);
    return other !== undefined && equalValues(a.find(key) ?? null, other);
  });
}
