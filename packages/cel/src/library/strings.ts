import { GO_ESCAPES } from '@kcp/api-machinery';
import { declare } from '../check/declaration.ts';
import type { FunctionDeclaration, Library } from '../check/declaration.ts';
import { asIndex, asList, asString } from '../values/expect.ts';
import { Fault } from '../values/fault.ts';
import { isFlat, pointCount, pointsOf } from '../values/text.ts';
import { ArrayList, itemsOf } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import { formatFixedStyle, formatGroupedStyle } from './format-style.ts';
import { formatString } from './format-string.ts';

function outOfRange(index: number): Fault {
  return new Fault(`index out of range: ${index}`);
}

function charAt(text: string, index: number): string {
  const points = isFlat(text) ? text : pointsOf(text);
  if (index < 0 || index > points.length) throw outOfRange(index);
  return points[index] ?? '';
}

/** Indexes count code points. */
function search(text: string, part: string, find: (text: string, part: string) => number): number {
  const at = find(text, part);
  return at <= 0 ? at : pointCount(text.slice(0, at));
}

type Find = (text: string, part: string, start: number) => number;

const first: Find = (text, part, start) => text.indexOf(part, start);
const last: Find = (text, part, start) => text.lastIndexOf(part, start);

/** Where `find` finds the part, of the places that begin at a code point from 0 to the text's length. */
function searchFrom(text: string, part: string, from: number, find: Find): number {
  if (from < 0) throw outOfRange(from);
  const length = pointCount(text);
  if (part === '') return Math.min(from, length);
  if (from > length) throw outOfRange(from);
  const start = pointsOf(text).slice(0, from).join('').length;
  return search(text, part, (whole) => find(whole, part, start));
}

function substring(text: string, start: number, end: number | undefined): string {
  const points = isFlat(text) ? text : pointsOf(text);
  const stop = end ?? points.length;
  if (end !== undefined && start > end) throw new Fault(`invalid substring range. start: ${start}, end: ${end}`);
  if (start < 0 || start > points.length) throw outOfRange(start);
  if (stop < 0 || stop > points.length) throw outOfRange(stop);
  const part = points.slice(start, stop);
  return typeof part === 'string' ? part : part.join('');
}

/** Go's strings.Replace: an empty part stands between all code points. */
function replace(text: string, part: string, by: string, limit: number): string {
  if (limit === 0) return text;
  const pieces = part === '' ? ['', ...pointsOf(text), ''] : text.split(part);
  const count = pieces.length - 1;
  const last = limit < 0 ? count : Math.min(limit, count);
  let out = pieces[0] ?? '';
  for (let i = 1; i < pieces.length; i += 1) out += (i <= last ? by : part) + (pieces[i] ?? '');
  return out;
}

/** Go's strings.SplitN. */
function split(text: string, separator: string, limit: number): Value {
  if (limit === 0) return new ArrayList([]);
  const pieces = separator === '' ? [...pointsOf(text)] : text.split(separator);
  if (limit > 0 && pieces.length > limit) pieces.push(pieces.splice(limit - 1).join(separator));
  return new ArrayList(pieces);
}

function join(list: Value | undefined, separator: string): string {
  return itemsOf(asList(list)).map(asString).join(separator);
}

/** A string as a literal. */
export function quoteString(text: string): string {
  return `"${text.toWellFormed().replaceAll(/[\u0007\b\f\n\r\t\v\\"]/g, (c) => GO_ESCAPES[c] ?? c)}"`;
}

/** What Unicode calls white space, as Go's strings.TrimSpace knows it. */
const spaces = String.raw`[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+`;
const outerSpace = new RegExp(`^${spaces}|${spaces}$`, 'g');

const common: readonly FunctionDeclaration[] = [
  declare('charAt', ['string_char_at_int', 'string.(int) -> string', (a, b) => charAt(asString(a), asIndex(b))]),
  declare(
    'indexOf',
    ['string_index_of_string', 'string.(string) -> int', (a, b) => searchFrom(asString(a), asString(b), 0, first)],
    [
      'string_index_of_string_int',
      'string.(string, int) -> int',
      (a, b, c) => searchFrom(asString(a), asString(b), asIndex(c), first),
    ],
  ),
  declare(
    'lastIndexOf',
    [
      'string_last_index_of_string',
      'string.(string) -> int',
      (a, b) => search(asString(a), asString(b), (text, part) => text.lastIndexOf(part)),
    ],
    [
      'string_last_index_of_string_int',
      'string.(string, int) -> int',
      (a, b, c) => searchFrom(asString(a), asString(b), asIndex(c), last),
    ],
  ),
  declare('lowerAscii', [
    'string_lower_ascii',
    'string.() -> string',
    (a) => asString(a).replaceAll(/[A-Z]+/g, (part) => part.toLowerCase()),
  ]),
  declare('upperAscii', [
    'string_upper_ascii',
    'string.() -> string',
    (a) => asString(a).replaceAll(/[a-z]+/g, (part) => part.toUpperCase()),
  ]),
  declare(
    'replace',
    [
      'string_replace_string_string',
      'string.(string, string) -> string',
      (a, b, c) => replace(asString(a), asString(b), asString(c), -1),
    ],
    [
      'string_replace_string_string_int',
      'string.(string, string, int) -> string',
      (a, b, c, d) => replace(asString(a), asString(b), asString(c), asIndex(d)),
    ],
  ),
  declare(
    'split',
    ['string_split_string', 'string.(string) -> list(string)', (a, b) => split(asString(a), asString(b), -1)],
    [
      'string_split_string_int',
      'string.(string, int) -> list(string)',
      (a, b, c) => split(asString(a), asString(b), asIndex(c)),
    ],
  ),
  declare(
    'substring',
    ['string_substring_int', 'string.(int) -> string', (a, b) => substring(asString(a), asIndex(b), undefined)],
    [
      'string_substring_int_int',
      'string.(int, int) -> string',
      (a, b, c) => substring(asString(a), asIndex(b), asIndex(c)),
    ],
  ),
  declare('trim', ['string_trim', 'string.() -> string', (a) => asString(a).replaceAll(outerSpace, '')]),
  declare('strings.quote', ['strings_quote', '(string) -> string', (a) => quoteString(asString(a))]),
  declare(
    'join',
    ['list_join', 'list(string).() -> string', (a) => join(a, '')],
    ['list_join_string', 'list(string).(string) -> string', (a, b) => join(a, asString(b))],
  ),
];

/** cel-go's strings extension, version 2: what Kubernetes offers. */
export const stringsLibrary: Library = {
  name: 'strings',
  functions: [
    ...common,
    declare('format', [
      'string_format',
      'string.(list(dyn)) -> string',
      (a, b) => formatString(asString(a), asList(b), formatGroupedStyle),
    ]),
  ],
};

/** cel-go's strings extension as of its latest version: with `reverse`, and numbers formatted without a locale. */
export const latestStringsLibrary: Library = {
  name: 'strings',
  functions: [
    ...common,
    declare('format', [
      'string_format',
      'string.(list(dyn)) -> string',
      (a, b) => formatString(asString(a), asList(b), formatFixedStyle),
    ]),
    declare('reverse', ['string_reverse', 'string.() -> string', (a) => [...pointsOf(asString(a))].reverse().join('')]),
  ],
};
