import { Fault, noSuchOverload } from '../values/fault.ts';
import { Double, ListValue, MapValue, Optional, StructValue, Uint } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import { showKey } from '../values/show.ts';

/** `value.field`; what has no fields, null too, has not this one. */
export function selectField(value: Value, field: string): Value {
  if (value instanceof StructValue) return found(value.get(field), field);
  if (value instanceof MapValue) return found(value.find(field), field);
  if (value instanceof Optional) return value.value === undefined ? value : optionalField(value.value, field);
  return found(undefined, field);
}

/** `value.?field`. */
export function optionalField(value: Value, field: string): Optional {
  if (value instanceof Optional) return value.value === undefined ? value : optionalField(value.value, field);
  if (value instanceof StructValue) return value.has(field) ? present(value.get(field)) : Optional.none;
  if (value instanceof MapValue) return present(value.find(field));
  throw noSuchOverload();
}

/** `has(value.field)`; no of what has no fields (cel-go without EnableErrorOnBadPresenceTest, as Kubernetes has it). */
export function hasField(value: Value, field: string): boolean {
  if (value instanceof StructValue) return value.has(field);
  if (value instanceof MapValue) return value.find(field) !== undefined;
  return value instanceof Optional && value.value !== undefined && hasField(value.value, field);
}

/** `value[key]`. */
export function indexValue(value: Value, key: Value): Value {
  if (value instanceof ListValue) {
    const index = listIndex(key);
    if (index === undefined) throw noSuchOverload();
    if (index < 0 || index >= value.size) throw new Fault(`index out of bounds: ${showKey(key)}`);
    return value.at(index);
  }
  if (value instanceof MapValue) return found(value.find(key), key);
  if (value instanceof StructValue && typeof key === 'string') return selectField(value, key);
  if (value instanceof Optional) return value.value === undefined ? value : optionalIndex(value.value, key);
  throw noSuchOverload();
}

/** `value[?key]`. */
export function optionalIndex(value: Value, key: Value): Optional {
  if (value instanceof Optional) return value.value === undefined ? value : optionalIndex(value.value, key);
  if (value instanceof ListValue) {
    const index = listIndex(key);
    if (index === undefined) throw noSuchOverload();
    return index < 0 || index >= value.size ? Optional.none : new Optional(value.at(index));
  }
  if (value instanceof MapValue) return present(value.find(key));
  if (value instanceof StructValue && typeof key === 'string') return optionalField(value, key);
  throw noSuchOverload();
}

function present(value: Value | undefined): Optional {
  return value === undefined ? Optional.none : new Optional(value);
}

/** Whole numbers of every kind may be indexes. */
function listIndex(key: Value): number | undefined {
  if (typeof key === 'number') return key;
  if (typeof key === 'bigint') return Number(key);
  if (key instanceof Uint) return Number(key.value);
  return key instanceof Double && Number.isInteger(key.value) ? key.value : undefined;
}

function found(value: Value | undefined, key: Value): Value {
  if (value === undefined) throw new Fault(`no such key: ${showKey(key)}`);
  return value;
}
