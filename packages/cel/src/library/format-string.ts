import { byCodePoint } from '@kcp/api-machinery';
import { Fault } from '../values/fault.ts';
import { CelType } from '../values/type.ts';
import { decodeUtf8 } from '../values/text.ts';
import { Duration, formatDuration, formatTimestamp, Timestamp } from '../values/time.ts';
import { Double, itemsOf, ListValue, MapValue, typeOf, Uint } from '../values/value.ts';
import type { Value } from '../values/value.ts';

/** What the versions of `format` do differently. */
export interface FormatStyle {
  /** A double under %s. */
  readonly double: (value: number) => string;
  /** Under %f. */
  readonly fixed: (value: number, precision: number) => string;
  /** Under %e. */
  readonly scientific: (value: number, precision: number) => string;
  /** Whether strings inside lists and maps are quoted. */
  readonly quoteNested: boolean;
  readonly infinity: string;
  /** What stands between a map's key and its value. */
  readonly colon: string;
}

const maxPrecision = 1000;

/** `"%s is %.2f".format([...])`. Throws Fault. */
export function formatString(format: string, list: ListValue, style: FormatStyle): string {
  const args = itemsOf(list);
  let out = '';
  let next = 0;
  for (let i = 0; i < format.length; i += 1) {
    if (format[i] !== '%') {
      out += format[i];
      continue;
    }
    if (i + 1 >= format.length) throw new Fault('unexpected end of format string');
    if (format[i + 1] === '%') {
      out += '%';
      i += 1;
      continue;
    }
    const clause = /^%(?:\.(\d*))?(.)?/su.exec(format.slice(i));
    const arg = args[next];
    if (arg === undefined) throw new Fault(`index ${next} out of range`);
    next += 1;
    const precision = clause?.[1] === undefined || clause[1] === '' ? 6 : Number(clause[1]);
    if (precision > maxPrecision) throw new Fault('precision is too large');
    out += formatClause(clause?.[2] ?? '', { arg, precision }, style);
    i += (clause?.[0].length ?? 1) - 1;
  }
  return out;
}

interface Clause {
  readonly arg: Value;
  readonly precision: number;
}

function formatClause(verb: string, { arg, precision }: Clause, style: FormatStyle): string {
  switch (verb) {
    case 's':
      return show(arg, style, false);
    case 'd':
      return decimal(arg, style);
    case 'f':
      return real(arg, 'fixed-point', style, (value) => style.fixed(value, precision));
    case 'e':
      return real(arg, 'scientific notation', style, (value) => style.scientific(value, precision));
    case 'b':
      return binary(arg);
    case 'x':
    case 'X':
      return hex(arg, verb);
    case 'o':
      return whole(arg, 'octal', 'integers').toString(8);
    default:
      throw new Fault(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
  }
}

function show(value: Value, style: FormatStyle, nested: boolean): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof ListValue)
    return `[${itemsOf(value)
      .map((item) => show(item, style, true))
      .join(', ')}]`;
  if (value instanceof MapValue) return showMap(value, style);
  if (value instanceof CelType) return value.name;
  if (value instanceof Uint8Array) return decodeUtf8(value) ?? new TextDecoder().decode(value);
  const text = nested && style.quoteNested ? showNested(value, style) : showPlain(value, style);
  if (text !== undefined) return text;
  throw new Fault(
    `error during formatting: string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given ${typeOf(value).name}`,
  );
}

function showPlain(value: Value, style: FormatStyle): string | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof Double) return special(value.value, style) ?? style.double(value.value);
  if (value instanceof Timestamp) return formatTimestamp(value);
  return value instanceof Duration ? formatDuration(value) : undefined;
}

function showNested(value: Value, style: FormatStyle): string | undefined {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Double) return special(value.value, style) ?? style.fixed(value.value, 6);
  if (value instanceof Timestamp) return `timestamp("${formatTimestamp(value)}")`;
  return value instanceof Duration ? `duration("${formatDuration(value)}")` : undefined;
}

function showMap(map: MapValue, style: FormatStyle): string {
  const entries = map.keys().map((key) => [show(key, style, true), show(map.find(key) ?? null, style, true)] as const);
  const sorted = entries.toSorted(([a], [b]) => byCodePoint(a, b));
  return `{${sorted.map(([key, value]) => `${key}${style.colon}${value}`).join(', ')}}`;
}

function special(value: number, style: FormatStyle): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return undefined;
  return value > 0 ? style.infinity : `-${style.infinity}`;
}

function decimal(value: Value, style: FormatStyle): string {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Double) return special(value.value, style) ?? style.double(value.value);
  throw wrongType('decimal', 'integers', value);
}

function real(value: Value, clause: string, style: FormatStyle, format: (value: number) => string): string {
  if (value instanceof Double) return special(value.value, style) ?? format(value.value);
  if (typeof value === 'number' || typeof value === 'bigint') return format(Number(value));
  if (value instanceof Uint) return format(Number(value.value));
  throw wrongType(clause, 'doubles', value);
}

function binary(value: Value): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return whole(value, 'binary', 'integers and bools').toString(2);
}

function hex(value: Value, verb: 'x' | 'X'): string {
  const digits = hexDigits(value);
  return verb === 'x' ? digits : digits.toUpperCase();
}

function hexDigits(value: Value): string {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  if (bytes instanceof Uint8Array) return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return whole(value, 'hex', 'integers, byte buffers, and strings').toString(16);
}

function whole(value: Value, clause: string, wanted: string): bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return BigInt(value);
  if (value instanceof Uint) return value.value;
  throw wrongType(clause, wanted, value);
}

function wrongType(clause: string, wanted: string, value: Value): Fault {
  return new Fault(
    `error during formatting: ${clause} clause can only be used on ${wanted}, was given ${typeOf(value).name}`,
  );
}
