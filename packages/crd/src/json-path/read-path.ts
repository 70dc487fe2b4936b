import type { FilterOperator, JsonPath, PathNode } from './json-path.ts';

const OPERATORS: readonly string[] = ['<', '>', '==', '!=', '<=', '>='];
const ENDS_NAME = /[\s.,[\]$@{}]/;
const SLICE = /^(-?\d*)(:-?\d*)?(:-?\d*)?$/;
const FILTER = /^([^!<>=]+)([!<>=]+)(.+)$/s;

/** How deep filters and unions may stand in each other; columns of real definitions need one. */
const DEPTH_LIMIT = 8;

/**
 * Reads a path as additionalPrinterColumns and selectableFields have it: `.spec.list[0].name`, without braces
 * (k8s.io/client-go util/jsonpath). `range` and `end` are for templates and refused. Throws SyntaxError.
 */
export function readPath(text: string): JsonPath {
  return { text, nodes: readNodes(text, 0) };
}

function readNodes(text: string, depth: number): readonly PathNode[] {
  if (depth > DEPTH_LIMIT) throw new SyntaxError('path is nested too deeply');
  return new Reader(text, depth).nodes();
}

class Reader {
  readonly #text: string;
  readonly #depth: number;
  readonly #nodes: PathNode[] = [];
  #at = 0;

  constructor(text: string, depth: number) {
    this.#text = text;
    this.#depth = depth;
  }

  nodes(): readonly PathNode[] {
    while (this.#at < this.#text.length) this.#next();
    return this.#nodes;
  }

  #next(): void {
    const rest = this.#text.slice(this.#at, this.#at + 3);
    const character = rest.charAt(0);
    if (rest === '[?(') this.#filter();
    else if (rest.startsWith('..')) this.#recursive();
    else if (character === '.') this.#field(1);
    else if (character === '[') this.#array();
    else if (character === '"' || character === "'") this.#quoted(character);
    else if (/[-+\d]/.test(character)) this.#number();
    else if (/[ @$]/.test(character)) this.#at += 1;
    else if (/[\p{L}_]/u.test(character)) this.#identifier();
    else throw new SyntaxError(`unrecognized character in action: ${JSON.stringify(character)}`);
  }

  /** A name up to the next delimiter that no backslash escapes. */
  #name(): string {
    let name = '';
    for (; this.#at < this.#text.length; this.#at += 1) {
      const character = this.#text.charAt(this.#at);
      if (character === '\\') this.#at += 1;
      else if (ENDS_NAME.test(character)) break;
      name += this.#text.charAt(this.#at);
    }
    return name;
  }

  #field(dots: number): void {
    this.#at += dots;
    const name = this.#name();
    this.#nodes.push(name === '*' ? { kind: 'wildcard' } : { kind: 'field', name });
  }

  #recursive(): void {
    if (this.#nodes.at(-1)?.kind === 'recursive') throw new SyntaxError('invalid multiple recursive descent');
    this.#nodes.push({ kind: 'recursive' });
    this.#at += 2;
    if (/[\p{L}\p{N}_]/u.test(this.#text.charAt(this.#at))) this.#field(0);
  }

  #identifier(): void {
    const name = this.#name();
    if (name !== 'true' && name !== 'false') throw new SyntaxError(`unrecognized identifier ${name}`);
    this.#nodes.push({ kind: 'literal', value: name === 'true' });
  }

  #number(): void {
    const text = /^[-+]?[\d.]*/.exec(this.#text.slice(this.#at))?.[0] ?? '';
    const value = Number(text);
    if (text === '' || Number.isNaN(value)) throw new SyntaxError(`cannot parse number ${text}`);
    this.#at += text.length;
    this.#nodes.push({ kind: 'literal', value });
  }

  #quoted(quote: string): void {
    const start = this.#at;
    do {
      this.#at = this.#text.indexOf(quote, this.#at + 1);
      if (this.#at < 0) throw new SyntaxError('unterminated quoted string');
    } while (this.#text.charAt(this.#at - 1) === '\\');
    const inner = this.#text.slice(start + 1, this.#at);
    this.#at += 1;
    this.#nodes.push({ kind: 'literal', value: unquote(inner, quote) });
  }

  #array(): void {
    const end = this.#text.indexOf(']', this.#at);
    if (end < 0) throw new SyntaxError('unterminated array');
    const text = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    const parts = text.split(',');
    if (parts.length > 1) {
      const paths = parts.map((part) => readNodes(`[${part.trim()}]`, this.#depth + 1));
      this.#nodes.push({ kind: 'union', paths });
      return;
    }
    const key = /^'([^']*)'$/.exec(text)?.[1];
    if (key === undefined) this.#nodes.push(readSlice(text === '*' ? ':' : text));
    else this.#nodes.push(...readNodes(`.${key}`, this.#depth + 1));
  }

  #filter(): void {
    const end = this.#filterEnd();
    const text = this.#text.slice(this.#at + 3, end);
    if (this.#text.charAt(end + 1) !== ']') throw new SyntaxError('unclosed array expect ]');
    this.#at = end + 2;
    const [, left, operator, right] = FILTER.exec(text) ?? [];
    if (left === undefined || operator === undefined || right === undefined) {
      this.#nodes.push({ kind: 'filter', left: readNodes(text, this.#depth + 1) });
      return;
    }
    if (!isOperator(operator)) throw new SyntaxError(`unrecognized filter operator ${operator}`);
    const compare = { operator, right: readNodes(right, this.#depth + 1) };
    this.#nodes.push({ kind: 'filter', left: readNodes(left, this.#depth + 1), compare });
  }

  /** Where the parenthesis closes that is in no quotes. */
  #filterEnd(): number {
    let quote = '';
    for (let at = this.#at + 3; at < this.#text.length; at += 1) {
      const character = this.#text.charAt(at);
      if (quote === '' && character === ')') return at;
      if (quote === '' && (character === '"' || character === "'")) quote = character;
      else if (character === quote && this.#text.charAt(at - 1) !== '\\') quote = '';
    }
    throw new SyntaxError('unterminated filter');
  }
}

function isOperator(text: string): text is FilterOperator {
  return OPERATORS.includes(text);
}

function readSlice(text: string): PathNode {
  const match = SLICE.exec(text);
  if (match === null) throw new SyntaxError(`invalid array index ${text}`);
  const [, from = '', to, step] = match;
  const start = readIndex(from);
  const isIndex = to === undefined;
  const end = to === undefined ? (start ?? 0) + 1 : readIndex(to.slice(1));
  return { kind: 'slice', from: start, to: end, isIndex, step: readIndex(step?.slice(1) ?? '') };
}

function readIndex(text: string): number | undefined {
  if (text === '') return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new SyntaxError(`array index ${text} is not a number`);
  return value;
}

function unquote(text: string, quote: string): string {
  if (!text.includes('\\')) return text;
  try {
    const json = quote === '"' ? text : text.replaceAll("\\'", "'").replaceAll(/(?<!\\)"/g, '\\"');
    return String(JSON.parse(`"${json}"`));
  } catch {
    throw new SyntaxError(`unquote string ${text} error invalid syntax`);
  }
}
