import type { Json, JsonObject } from './json.ts';
import { isArray, isObject } from './json.ts';

const PRINTABLE = /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;
const PLAIN = /^[ !#-[\]-~]*$/;
/** The escapes of one letter that Go's literals know, by what they stand for. */
export const GO_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** True for a character that Go prints as it is (unicode.IsPrint): letters, marks, numbers, punctuation, symbols, the ASCII space. */
export function isPrintable(character: string): boolean {
  return PRINTABLE.test(character);
}

/** Quotes as Go's strconv.Quote: what is not printable is escaped. A lone surrogate becomes U+FFFD, as Go's decoder makes it. */
export function quote(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  let quoted = '"';
  for (const character of text.toWellFormed()) quoted += GO_ESCAPES[character] ?? escapeRune(character);
  return `${quoted}"`;
}

function escapeRune(character: string): string {
  if (isPrintable(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}

/** A value that Go decoded without a type, into a map: it is shown with its keys sorted, unlike a struct. */
export class UntypedValue {
  readonly value: Json;

  constructor(value: Json) {
    this.value = value;
  }
}

/** A tenant's value, for messages about it. */
export function untyped(value: Json): Json | UntypedValue {
  return typeof value === 'object' && value !== null ? new UntypedValue(value) : value;
}

/**
 * How a field error shows a refused value (field.Error.ErrorBody): texts quoted, numbers as `%v`, the rest as JSON, in the order
 * of its keys where it stands for a struct.
 */
export function showValue(value: Json | UntypedValue | undefined): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number' || typeof value === 'bigint') return showNumber(value);
  return value instanceof UntypedValue ? canonicalJson(value.value) : goJson(value);
}

/** An int64 in full, another number as a double. */
export function showNumber(value: number | bigint): string {
  return isInt64(value) ? value.toString() : showFloat(Number(value));
}

/** Whether a number is an int64 to Go: written without fraction and exponent, and not too large. */
export function isInt64(value: number | bigint): boolean {
  return typeof value === 'bigint' ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value);
}

/** A double as Go's `%v` writes a float64, also where it is a whole number: `5`, `0.25`, `1e+06`. */
export function showFloat(value: number): string {
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

const HTML = /[<>&\u2028\u2029]/g;
/** Printable ASCII of which nothing is escaped: most texts by far, and four times as fast. */
const UNESCAPED = /^[ !#-%'-;=?-[\]-~]*$/;

/** JSON as Go's encoding/json writes it: `<`, `>`, `&` and the line separators escaped. Key order is the value's own. */
export function goJson(value: Json): string {
  if (typeof value === 'string')
    return UNESCAPED.test(value) ? `"${value}"` : JSON.stringify(value.toWellFormed()).replace(HTML, escapeUnit);
  if (typeof value !== 'object' || value === null) return String(value);
  return isArray(value) ? `[${value.map(goJson).join(',')}]` : goJsonObject(value);
}

function goJsonObject(object: JsonObject): string {
  const members: string[] = [];
  for (const [key, member] of Object.entries(object)) {
    if (member !== undefined) members.push(`${goJson(key)}:${goJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

/** Order of texts by code unit: the order in which objects' keys are walked wherever an order must be fixed. */
export function byCodeUnit(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** -1, 0 or 1 by code points, which is the order of the bytes of UTF-8 and so Go's order of strings. */
export function byCodePoint(a: string, b: string): number {
  if (a === b) return 0;
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i += 1) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return codeUnitRank(x) < codeUnitRank(y) ? -1 : 1;
  }
  return a.length < b.length ? -1 : 1;
}

/** Surrogates stand for what is above every other unit. */
function codeUnitRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/**
 * JSON as Go's encoding/json writes what it decoded without a type: keys in order, integers beyond int64 as doubles. Equal
 * for equal values.
 */
export function canonicalJson(value: Json): string {
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isObject(value)) return goJson(typeof value === 'bigint' && !isInt64(value) ? Number(value) : value);
  const members: string[] = [];
  for (const key of Object.keys(value).sort(byCodeUnit)) {
    const member = value[key];
    if (member !== undefined) members.push(`${goJson(key)}:${canonicalJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Go's `%#v` of a list of texts: `[]string{"a", "b"}`. */
export function goStringList(texts: readonly string[]): string {
  return `[]string{${texts.map(quote).join(', ')}}`;
}

/** The length of a text in UTF-8, which is what Go's len() counts. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    length += unit < 0x800 ? 1 : 2;
    if (unit >= 0xd800 && unit < 0xdc00 && isLowSurrogate(text.charCodeAt(at + 1))) at += 1;
  }
  return length;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
