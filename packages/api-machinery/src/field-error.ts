import { quote, showValue, type UntypedValue } from './go-format.ts';
import type { Json } from './json.ts';

/** Why a field was refused; the values are the reasons of a Status cause (k8s.io/apimachinery field.ErrorType). */
export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'InternalError'
  | 'FieldValueTypeInvalid';

/** One refusal: `field` is the path as users write it (`spec.ports[0].name`), `message` the whole text without the path. */
export interface FieldError {
  readonly type: FieldErrorType;
  readonly field: string;
  readonly message: string;
}

/** The path of a child field; the root is the empty text. */
export function childPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** The path of a list item (a number) or of a map key (a text): `a[0]`, `a[key]`. */
export function itemPath(path: string, key: number | string): string {
  return `${path}[${key}]`;
}

/** Adds errors to others, one by one: as many as a tenant can cause are more than one call has room for. */
export function addErrors(errors: FieldError[], more: readonly FieldError[]): void {
  for (const error of more) errors.push(error);
}

/** `Required value`, with an optional detail. */
export function required(field: string, detail = ''): FieldError {
  return { type: 'FieldValueRequired', field, message: withDetail('Required value', detail) };
}

/** `Invalid value: "x": detail`. */
export function invalid(field: string, value: Json | UntypedValue | undefined, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field, message: withDetail(`Invalid value: ${showValue(value)}`, detail) };
}

/** `Forbidden: detail`. */
export function forbidden(field: string, detail: string): FieldError {
  return { type: 'FieldValueForbidden', field, message: withDetail('Forbidden', detail) };
}

/** `Duplicate value: "x"`. */
export function duplicate(field: string, value: Json | UntypedValue): FieldError {
  return { type: 'FieldValueDuplicate', field, message: `Duplicate value: ${showValue(value)}` };
}

/** `Unsupported value: "x": supported values: "a", "b"`. */
export function notSupported(
  field: string,
  value: Json | UntypedValue | undefined,
  supported: readonly string[],
): FieldError {
  const values = supported.map(quote).join(', ');
  const detail = supported.length > 0 ? `supported values: ${values}` : '';
  return {
    type: 'FieldValueNotSupported',
    field,
    message: withDetail(`Unsupported value: ${showValue(value)}`, detail),
  };
}

/** `Not found: "x"`. */
export function notFoundField(field: string, value: Json): FieldError {
  return { type: 'FieldValueNotFound', field, message: `Not found: ${showValue(value)}` };
}

/** `Too long: may not be more than N bytes`; a negative limit says no number. */
export function tooLong(field: string, limit: number): FieldError {
  const detail = limit < 0 ? 'value is too long' : `may not be more than ${limit} ${limit === 1 ? 'byte' : 'bytes'}`;
  return { type: 'FieldValueTooLong', field, message: `Too long: ${detail}` };
}

/** `Internal error: detail`. */
export function internalError(field: string, detail: string): FieldError {
  return { type: 'InternalError', field, message: withDetail('Internal error', detail) };
}

/** `Too many: N: must have at most M items`; a negative limit says no number. */
export function tooMany(field: string, actual: number, limit: number): FieldError {
  const detail = limit < 0 ? 'has too many items' : `must have at most ${limit} ${limit === 1 ? 'item' : 'items'}`;
  return { type: 'FieldValueTooMany', field, message: `Too many: ${actual}: ${detail}` };
}

/** `Invalid value: "string": detail`, for a value of the wrong type. */
export function typeInvalid(field: string, value: Json | UntypedValue | undefined, detail: string): FieldError {
  return { type: 'FieldValueTypeInvalid', field, message: withDetail(`Invalid value: ${showValue(value)}`, detail) };
}

function withDetail(head: string, detail: string): string {
  return detail === '' ? head : `${head}: ${detail}`;
}

/** Several errors as one text, the way Go's utilerrors.Aggregate prints them: without repeats, in brackets where there are more. */
export function aggregate(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map((error) => `${error.field}: ${error.message}`))];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}
