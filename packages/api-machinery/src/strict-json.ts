import { ApiError, badRequest } from './api-error.ts';
import { isArray, parseJson, put } from './json.ts';
import type { Json, MutableJsonObject } from './json.ts';
import { readStrictly } from './strict-json-reader.ts';

/** What a body held. */
export interface DecodedJson {
  readonly value: Json;
  /** One text for each key that an object had twice, `duplicate field "data.a"`, at most 100; the last of them counts. */
  readonly duplicates: readonly string[];
}

/**
 * How deep arrays and objects may be nested. Go allows 10,000; here each level costs stack in whatever walks the value
 * afterwards, and at 3,000 the stack is gone.
 */
export const MAX_JSON_DEPTH = 1000;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const ESCAPED_SURROGATE = /\\u[dD][89a-fA-F]/;

/**
 * Reads JSON that a client sent. Bytes that are no UTF-8, and halves of surrogate pairs, become U+FFFD. Throws ApiError 400
 * with the words of Go's encoding/json for what is no JSON, is nested too deeply, or has a number beyond a double.
 */
export function decodeStrict(input: Uint8Array | string, maxDepth = MAX_JSON_DEPTH): DecodedJson {
  const text = textOf(input);
  const plain = decodePlain(text, maxDepth);
  if (plain !== undefined) return { value: plain, duplicates: NONE };
  const duplicates = readStrictly(text, maxDepth);
  const value = parseWellFormed(text);
  countMembers(value);
  return { value, duplicates };
}

/**
 * The quick half of `decodeStrict`: the value of a text in which nothing is wrong and no key comes twice; undefined for any other,
 * of which `decodeStrict` says more, in several times the time.
 */
export function decodePlain(input: Uint8Array | string, maxDepth = MAX_JSON_DEPTH): Json | undefined {
  const text = textOf(input);
  const keys = countKeys(text, maxDepth);
  if (keys === TOO_DEEP) return undefined;
  try {
    const value = parseWellFormed(text);
    return countMembers(value) === keys ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof ApiError) return undefined;
    throw error;
  }
}

function textOf(input: Uint8Array | string): string {
  return typeof input === 'string' ? input : decoder.decode(input);
}

function parseWellFormed(text: string): Json {
  const value = parseJson(text);
  return ESCAPED_SURROGATE.test(text) ? wellFormed(value) : value;
}

const NONE: readonly string[] = [];
const TOO_DEEP = -1;

/** How many keys the text has: the colons outside strings. */
function countKeys(text: string, maxDepth: number): number {
  let keys = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        at = closingQuote(text, at);
        break;
      case 0x3a:
        keys += 1;
        break;
      case 0x5b:
      case 0x7b:
        depth += 1;
        if (depth > maxDepth) return TOO_DEEP;
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
        break;
      default:
    }
  }
  return keys;
}

function closingQuote(text: string, open: number): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at - 1;
    while (text.charCodeAt(before) === 0x5c) before -= 1;
    if ((at - before) % 2 === 1) return at;
  }
  return text.length;
}

/** How many members all objects have together: fewer than the text has keys where some came twice. */
function countMembers(value: Json): number {
  if (typeof value === 'number') return value === Infinity || value === -Infinity ? refuseNumber() : 0;
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (isArray(value)) {
    for (const item of value) count += countMembers(item);
    return count;
  }
  for (const key in value) count += 1 + countMembers(value[key] as Json);
  return count;
}

function refuseNumber(): never {
  throw badRequest('json: cannot unmarshal number into Go value of type float64');
}

function wellFormed(value: Json): Json {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null) return value;
  if (isArray(value)) return value.map(wellFormed);
  const copy: MutableJsonObject = {};
  for (const [key, member] of Object.entries(value)) put(copy, key.toWellFormed(), wellFormed(member as Json));
  return copy;
}
