import type { Issue } from './issue.ts';
import type { Source } from './source.ts';

/** What a token is; punctuation and keywords are their own text. */
export type TokenKind = 'int' | 'uint' | 'float' | 'string' | 'bytes' | 'ident' | 'escaped' | 'end' | Punctuation;

const punctuation = [
  '==', '!=', '<=', '>=', '&&', '||', '<', '>', '[', ']', '{', '}', '(', ')', '.', ',', '-', '!', '?', ':', '+', '*', '/', '%',
] as const; // prettier-ignore
const keywords = ['in', 'true', 'false', 'null'] as const;
type Punctuation = (typeof punctuation)[number] | (typeof keywords)[number];

/** A token: its text and where it starts, in code points. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly offset: number;
}

const keywordSet: ReadonlySet<string> = new Set(keywords);
const patterns: readonly (readonly ['float' | 'uint' | 'int', RegExp])[] = [
  ['float', /(?:[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?)/y],
  ['uint', /(?:0x[0-9a-fA-F]+|[0-9]+)[uU]/y],
  ['int', /(?:0x[0-9a-fA-F]+|[0-9]+)/y],
];
const escapes =
  String.raw`\\(?:[abfnrtv"'\\?` +
  '`' +
  String.raw`]|[0-3][0-7][0-7]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})`;
const quoted = new RegExp(
  [
    String.raw`[rR]"""[\s\S]*?"""`,
    String.raw`[rR]'''[\s\S]*?'''`,
    String.raw`[rR]"[^"\n\r]*"`,
    String.raw`[rR]'[^'\n\r]*'`,
    String.raw`"""(?:${escapes}|[^\\])*?"""`,
    String.raw`'''(?:${escapes}|[^\\])*?'''`,
    String.raw`"(?:${escapes}|[^\\"\n\r])*"`,
    String.raw`'(?:${escapes}|[^\\'\n\r])*'`,
  ].join('|'),
  'y',
);
const identifier = /[A-Za-z_][A-Za-z0-9_]*/y;
const escapedIdentifier = /`[A-Za-z0-9_.\-/ ]+`/y;
const space = /(?:[\t \r\n\f]+|\/\/[^\n]*)+/y;

/** Splits a source into tokens, the last of which is `end`; what is no token becomes an issue and is skipped. */
export function tokenize(source: Source, issues: Issue[]): readonly Token[] {
  const { text } = source;
  const offsets = offsetTable(source);
  const tokens: Token[] = [];
  let at = 0;
  const add = (kind: TokenKind, length: number): void => {
    tokens.push({ kind, text: text.slice(at, at + length), offset: offsets(at) });
    at += length;
  };
  while (at < text.length) {
    const blank = match(space, text, at);
    if (blank > 0) at += blank;
    else if (!readToken(text, at, add)) {
      const bad = String.fromCodePoint(text.codePointAt(at) ?? 0);
      issues.push({
        message: `Syntax error: token recognition error at: '${badText(text, at, bad)}'`,
        offset: offsets(at),
      });
      at += badText(text, at, bad).length;
    }
  }
  tokens.push({ kind: 'end', text: '<EOF>', offset: offsets(text.length) });
  return tokens;
}

function readToken(text: string, at: number, add: (kind: TokenKind, length: number) => void): boolean {
  const prefixed = text[at] === 'b' || text[at] === 'B' ? match(quoted, text, at + 1) : 0;
  if (prefixed > 0) return done(add('bytes', prefixed + 1));
  const string = match(quoted, text, at);
  if (string > 0) return done(add('string', string));
  for (const [kind, pattern] of patterns) {
    const length = match(pattern, text, at);
    if (length > 0) return done(add(kind, length));
  }
  const word = match(identifier, text, at);
  if (word > 0) {
    const name = text.slice(at, at + word);
    return done(add(isKeyword(name) ? name : 'ident', word));
  }
  const escaped = match(escapedIdentifier, text, at);
  if (escaped > 0) return done(add('escaped', escaped));
  const sign = punctuation.find((p) => text.startsWith(p, at));
  if (sign === undefined) return false;
  return done(add(sign, sign.length));
}

/** A string without an end swallows the rest of its line. */
function badText(text: string, at: number, point: string): string {
  if (point !== '"' && point !== "'") return point;
  const end = text.slice(at).search(/[\n\r]/);
  return end < 0 ? text.slice(at) : text.slice(at, at + end);
}

function isKeyword(name: string): name is (typeof keywords)[number] {
  return keywordSet.has(name);
}

function done(_: void): true {
  return true;
}

function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
}

/** From UTF-16 units to code points; only texts beyond the basic plane need a walk. */
function offsetTable(source: Source): (unit: number) => number {
  if (source.points.length === source.text.length) return (unit) => unit;
  let unitSeen = 0;
  let pointSeen = 0;
  return (unit) => {
    while (unitSeen < unit) {
      unitSeen += source.points[pointSeen]?.length ?? 1;
      pointSeen += 1;
    }
    return pointSeen;
  };
}
