import type { Json, JsonObject } from './json.ts';
import { isArray } from './json.ts';

const PRINTABLE = /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;
const PLAIN = /^[ !#-[\]-~]*$/;
const SHORT: Readonly<Record<string, string>> = {
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
  for (const character of text.toWellFormed()) quoted += SHORT[character] ?? escapeRune(character);
  return `${quoted}"`;
}

function escapeRune(character: string): string {
  if (isPrintable(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}

/** How a field error shows a refused value (field.Error.ErrorBody): texts quoted, numbers as `%v`, the rest as JSON in the order of its keys. */
export function showValue(value: Json | undefined): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return showFloat(value);
  return typeof value === 'object' ? goJson(value) : String(value);
}

/** Go's `%v` of a double: integers plain (they are int64 there), the rest with an exponent below 1e-4 and from 1e6 on. */
function showFloat(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

const HTML = /[<>&\u2028\u2029]/g;

/** JSON as Go's encoding/json writes it: `<`, `>`, `&` and the line separators escaped. Key order is the value's own. */
export function goJson(value: Json): string {
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed()).replace(HTML, escapeUnit);
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
