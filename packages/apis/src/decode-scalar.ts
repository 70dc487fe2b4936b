import type { Instant, Json } from '@kcp/api-machinery';
import { canonicalQuantity, formatMicroTime, formatTime, parseMicroTime, parseTime } from '@kcp/api-machinery';
import { canonicalBase64 } from './base64.ts';
import type { ScalarType } from './table.ts';

/** Thrown by a scalar for a value of another JSON type; the struct that holds it makes the sentence. */
export class WrongType extends Error {
  override readonly name = 'WrongType';
  readonly found: string;
  readonly wanted: string;

  constructor(found: string, wanted: string) {
    super(`${found} for ${wanted}`);
    this.found = found;
    this.wanted = wanted;
  }
}

/** Thrown for a value of the right JSON type that cannot be read; the message has Go's words. */
export class WrongValue extends Error {
  override readonly name = 'WrongValue';
}

/** A JSON type in the words of Go's decoder. */
export function foundType(value: Json): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'bigint') return 'number';
  if (typeof value === 'boolean') return 'bool';
  return value === null ? 'null' : typeof value;
}

function text(value: Json, wanted = 'string'): string {
  if (typeof value !== 'string') throw new WrongType(foundType(value), wanted);
  return value;
}

function integer(value: Json, wanted: 'int32' | 'int64'): number | bigint {
  if (typeof value !== 'number' && typeof value !== 'bigint') throw new WrongType(foundType(value), wanted);
  const exact = typeof value === 'bigint' || Number.isInteger(value);
  const bits = wanted === 'int32' ? 32 : 64;
  if (!exact || BigInt.asIntN(bits, BigInt(value)) !== BigInt(value)) throw new WrongType(`number ${value}`, wanted);
  return value;
}

function small(value: Json): number {
  if (typeof value === 'number' && (value | 0) === value) return value;
  return Number(integer(value, 'int32'));
}

function time(
  value: Json,
  parse: (text: string) => Instant,
  format: (instant: Instant) => string | null,
): string | undefined {
  if (typeof value !== 'string') throw new WrongType(foundType(value), 'string');
  return format(parse(value)) ?? undefined;
}

function bytes(value: Json): string {
  const given = text(value, '[]uint8');
  const canonical = canonicalBase64(given);
  if (canonical === undefined) throw new WrongValue(`illegal base64 data at input byte ${badByte(given)}`);
  return canonical;
}

function badByte(given: string): number {
  const at = given.search(/[^A-Za-z0-9+/=\r\n]/);
  return at < 0 ? given.length : at;
}

function quantity(value: Json): string {
  const isNumber = typeof value === 'number' || typeof value === 'bigint';
  return canonicalQuantity(typeof value === 'string' || isNumber ? String(value) : '');
}

function whole(value: Json): Json {
  if (foundType(value) !== 'object') throw new WrongType(foundType(value), 'runtime.RawExtension');
  return value;
}

/**
 * How each scalar is read from JSON that is not null; undefined where the value is Go's zero time. Throws WrongType,
 * WrongValue or, for times and quantities, ApiError with Go's words.
 */
export const scalarDecoders: Readonly<Record<ScalarType, (value: Json) => Json | undefined>> = {
  string: (value) => text(value),
  bool: (value) => {
    if (typeof value !== 'boolean') throw new WrongType(foundType(value), 'bool');
    return value;
  },
  int32: small,
  int64: (value) => integer(value, 'int64'),
  double: (value) => {
    if (typeof value !== 'number' && typeof value !== 'bigint') throw new WrongType(foundType(value), 'float64');
    return Number(value);
  },
  base64: bytes,
  time: (value) => time(value, parseTime, formatTime),
  microTime: (value) => time(value, parseMicroTime, formatMicroTime),
  quantity,
  json: (value) => value,
  object: whole,
};

/** What a scalar is where nothing was sent, and how it is written then. */
export const scalarZeros: Readonly<Record<ScalarType, Json>> = {
  string: '',
  bool: false,
  int32: 0,
  int64: 0,
  double: 0,
  base64: null,
  time: null,
  microTime: null,
  quantity: '0',
  json: null,
  object: null,
};
