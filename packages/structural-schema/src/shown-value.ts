import type { FieldError, Json } from '@kcp/api-machinery';
import { goJson, isArray, isObject, own, quote } from '@kcp/api-machinery';

/** A double as Go's `%v` writes a float64, also where it is a whole number: `5`, `0.25`, `1e+06`. */
export function showFloat(value: number): string {
  const [mantissa = '0', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 6) return String(value);
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${Math.abs(exponent).toString().padStart(2, '0')}`;
}

/** Whether a number is an int64 to Go: written without fraction and exponent, and not too large. */
export function isInt64(value: number | bigint): boolean {
  return typeof value === 'bigint' ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value);
}

/** An int64 in full, another number as a double. */
export function showNumber(value: number | bigint): string {
  return isInt64(value) ? value.toString() : showFloat(Number(value));
}

/** Order of texts by code unit: the order in which objects' keys are walked wherever an order must be fixed. */
export function byCodeUnit(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/**
 * JSON as Go's encoding/json writes what it decoded without a type: keys in order, integers beyond int64 as doubles. Equal
 * for equal values.
 */
export function canonicalJson(value: Json): string {
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isObject(value)) return goJson(typeof value === 'bigint' && !isInt64(value) ? Number(value) : value);
  const members = Object.keys(value)
    .sort(byCodeUnit)
    .map((key) => `${goJson(key)}:${canonicalJson(own(value, key) ?? null)}`);
  return `{${members.join(',')}}`;
}

function shown(value: Json): string {
  if (typeof value === 'string') return quote(value);
  return typeof value === 'number' || typeof value === 'bigint' ? showNumber(value) : canonicalJson(value);
}

/** `Invalid value: <value>: detail`, a tenant's value shown as Go shows what it decoded without a type. */
export function invalidValue(field: string, value: Json, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field, message: `Invalid value: ${shown(value)}: ${detail}` };
}

/** `Invalid value: <value>: detail`, for a value of the wrong type. */
export function wrongType(field: string, value: Json, detail: string): FieldError {
  return { type: 'FieldValueTypeInvalid', field, message: `Invalid value: ${shown(value)}: ${detail}` };
}

/** `Duplicate value: <value>`. */
export function duplicateValue(field: string, value: Json): FieldError {
  return { type: 'FieldValueDuplicate', field, message: `Duplicate value: ${shown(value)}` };
}

/** `Unsupported value: <value>: supported values: "a", "b"`. */
export function unsupportedValue(field: string, value: Json, supported: readonly string[]): FieldError {
  const message = `Unsupported value: ${shown(value)}: supported values: ${supported.map(quote).join(', ')}`;
  return { type: 'FieldValueNotSupported', field, message };
}

/** `Too long: may not be more than N bytes`; a negative limit is not told. */
export function overlongText(field: string, limit: number): FieldError {
  const detail = limit < 0 ? 'value is too long' : `may not be more than ${limit} ${limit === 1 ? 'byte' : 'bytes'}`;
  return { type: 'FieldValueTooLong', field, message: `Too long: ${detail}` };
}

/** `Too many: N: must have at most M items`; a negative limit is not told. */
export function tooManyItems(field: string, actual: number, limit: number): FieldError {
  const detail = limit < 0 ? 'has too many items' : `must have at most ${limit} ${limit === 1 ? 'item' : 'items'}`;
  return { type: 'FieldValueTooMany', field, message: `Too many: ${actual}: ${detail}` };
}
