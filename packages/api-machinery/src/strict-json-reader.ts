import { badRequest } from './api-error.ts';
import { quote } from './go-format.ts';

const MAX_DUPLICATES = 100;
const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;

/**
 * Walks JSON character by character and gives a text for each key that an object has twice. Throws ApiError 400 with the
 * words of Go's scanner (encoding/json) at the first character that does not fit. Slow: for texts known to be bad.
 */
export function readStrictly(text: string, maxDepth: number): readonly string[] {
  const reader = new Reader(text, maxDepth);
  return reader.document();
}

class Reader {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #duplicates = new Set<string>();
  #at = 0;
  #depth = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  document(): readonly string[] {
    this.#value('');
    if (this.#peek() !== '') throw this.#unexpected('after top-level value');
    return [...this.#duplicates].map((path) => `duplicate field ${quote(path)}`);
  }

  /** The next character that is no space; the empty text at the end. */
  #peek(): string {
    this.#skip(SPACE);
    return this.#text[this.#at] ?? '';
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    pattern.test(this.#text);
    this.#at = pattern.lastIndex;
  }

  #unexpected(context: string): Error {
    const character = this.#text.codePointAt(this.#at);
    if (character === undefined) return badRequest('unexpected end of JSON input');
    return badRequest(`invalid character ${quoteCharacter(firstByte(character))} ${context}`);
  }

  #value(path: string): void {
    const character = this.#peek();
    if (character === '{') this.#nested(() => this.#object(path));
    else if (character === '[') this.#nested(() => this.#array(path));
    else if (character === '"') this.#string();
    else if (/[-\d]/.test(character)) this.#number();
    else if (character !== '' && 'tfn'.includes(character)) this.#literal(character);
    else throw this.#unexpected('looking for beginning of value');
  }

  #nested(read: () => void): void {
    this.#depth += 1;
    if (this.#depth > this.#maxDepth) throw this.#unexpected('exceeded max depth');
    this.#at += 1;
    read();
    this.#at += 1;
    this.#depth -= 1;
  }

  #object(path: string): void {
    if (this.#peek() === '}') return;
    const seen = new Set<string>();
    for (;;) {
      if (this.#peek() !== '"') throw this.#unexpected('looking for beginning of object key string');
      const key = this.#string();
      const here = path === '' ? key : `${path}.${key}`;
      if (seen.has(key) && this.#duplicates.size < MAX_DUPLICATES) this.#duplicates.add(here);
      seen.add(key);
      if (this.#peek() !== ':') throw this.#unexpected('after object key');
      this.#at += 1;
      this.#value(here);
      if (this.#peek() === '}') return;
      if (this.#peek() !== ',') throw this.#unexpected('after object key:value pair');
      this.#at += 1;
    }
  }

  #array(path: string): void {
    if (this.#peek() === ']') return;
    for (let index = 0; ; index += 1) {
      this.#value(`${path}[${index}]`);
      if (this.#peek() === ']') return;
      if (this.#peek() !== ',') throw this.#unexpected('after array element');
      this.#at += 1;
    }
  }

  #string(): string {
    const start = this.#at;
    this.#at += 1;
    for (;;) {
      this.#skip(PLAIN);
      const character = this.#text[this.#at];
      if (character === '"') break;
      if (character !== '\\') throw this.#unexpected('in string literal');
      this.#at += 1;
      this.#escape();
    }
    this.#at += 1;
    return String(JSON.parse(this.#text.slice(start, this.#at))).toWellFormed();
  }

  #escape(): void {
    const character = this.#text[this.#at] ?? '';
    if (character === '' || !'bfnrt\\/"u'.includes(character)) throw this.#unexpected('in string escape code');
    this.#at += 1;
    const end = character === 'u' ? this.#at + 4 : this.#at;
    while (this.#at < end) {
      if (!/[\da-fA-F]/.test(this.#text[this.#at] ?? '')) throw this.#unexpected('in \\u hexadecimal character escape');
      this.#at += 1;
    }
  }

  #number(): void {
    const start = this.#at;
    this.#skip(NUMBER);
    if (this.#at === start) {
      this.#at = start + 1;
      throw this.#unexpected('in numeric literal');
    }
    const next = this.#text[this.#at];
    const number = this.#text.slice(start, this.#at);
    if (next === '.' && !/[.eE]/.test(number)) {
      this.#at += 1;
      throw this.#unexpected('after decimal point in numeric literal');
    }
    if ((next === 'e' || next === 'E') && !/[eE]/.test(number)) {
      this.#at += /[+-]/.test(this.#text[this.#at + 1] ?? '') ? 2 : 1;
      throw this.#unexpected('in exponent of numeric literal');
    }
  }

  #literal(first: string): void {
    const word = first === 't' ? 'true' : first === 'f' ? 'false' : 'null';
    for (const letter of word) {
      if (this.#text[this.#at] !== letter) throw this.#unexpected(`in literal ${word} (expecting '${letter}')`);
      this.#at += 1;
    }
  }
}

/** Go's scanner works on bytes: of a character outside ASCII it names the first. */
function firstByte(codePoint: number): number {
  if (codePoint < 0x80) return codePoint;
  if (codePoint < 0x800) return 0xc0 | (codePoint >> 6);
  return codePoint < 0x10000 ? 0xe0 | (codePoint >> 12) : 0xf0 | (codePoint >> 18);
}

function quoteCharacter(byte: number): string {
  const character = String.fromCharCode(byte);
  if (character === "'") return String.raw`'\''`;
  return character === '"' ? `'"'` : `'${quote(character).slice(1, -1)}'`;
}
