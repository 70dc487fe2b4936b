import { fitsInt, smallInt } from '../values/number.ts';
import { Double, Uint } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import type { Token } from './lexer.ts';
import { unescapeBytes, unescapeString } from './unescape.ts';
import type { Unescaped } from './unescape.ts';

/** The value of a literal's token; undefined where the token is no literal, an error text where it has no value. */
export function constantOf(token: Token, negative: boolean): Unescaped<Value> | undefined {
  if (token.kind === 'true' || token.kind === 'false') return { value: token.kind === 'true' };
  if (token.kind === 'null') return { value: null };
  if (token.kind === 'int') {
    const value = (negative ? -1n : 1n) * BigInt(token.text);
    return fitsInt(value) ? { value: smallInt(value) } : { error: 'invalid int literal' };
  }
  if (token.kind === 'uint') {
    const value = BigInt(token.text.slice(0, -1));
    return value < 2n ** 64n ? { value: new Uint(value) } : { error: 'invalid uint literal' };
  }
  if (token.kind === 'float') {
    const value = Number(token.text);
    if (!Number.isFinite(value)) return { error: 'invalid double literal' };
    return { value: new Double(negative ? -value : value) };
  }
  if (token.kind === 'string') return unquote(token.text, unescapeString);
  return token.kind === 'bytes' ? unquote(token.text.slice(1), unescapeBytes) : undefined;
}

function unquote<T>(text: string, unescape: (body: string, raw: boolean) => Unescaped<T>): Unescaped<T> {
  const raw = text.startsWith('r') || text.startsWith('R');
  const quoted = raw ? text.slice(1) : text;
  const isLong = quoted.length >= 6 && (quoted.startsWith('"""') || quoted.startsWith("'''"));
  const width = isLong ? 3 : 1;
  return unescape(quoted.slice(width, -width), raw);
}
