/** What stands between the quotes of a literal; undefined escapes end in an error text (cel-go parser/unescape.go). */
export type Unescaped<T> = { readonly value: T } | { readonly error: string };

const simple: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '`': '`',
  '?': '?',
};

const hexDigits: Readonly<Record<string, number>> = { x: 2, X: 2, u: 4, U: 8 };

/** A string literal's body (no quotes, prefix removed) as a string. */
export function unescapeString(body: string, raw: boolean): Unescaped<string> {
  const text = body.replaceAll(/\r\n?/g, '\n');
  if (raw || !text.includes('\\')) return { value: text };
  const out: string[] = [];
  for (let i = 0; i < text.length;) {
    if (text[i] !== '\\') {
      out.push(text[i] ?? '');
      i += 1;
      continue;
    }
    const escape = readEscape(text, i + 1);
    if (typeof escape === 'string') return { error: escape };
    if (escape.code > 0x10ffff || (escape.code >= 0xd800 && escape.code <= 0xdfff)) {
      return { error: 'invalid unicode code point' };
    }
    out.push(String.fromCodePoint(escape.code));
    i = escape.next;
  }
  return { value: out.join('') };
}

/** A bytes literal's body as bytes: characters as UTF-8, \x and octal escapes as one byte. */
export function unescapeBytes(body: string, raw: boolean): Unescaped<Uint8Array> {
  const text = body.replaceAll(/\r\n?/g, '\n');
  const encoder = new TextEncoder();
  if (raw || !text.includes('\\')) return { value: encoder.encode(text) };
  const out: number[] = [];
  for (let i = 0; i < text.length;) {
    if (text[i] !== '\\') {
      const point = String.fromCodePoint(text.codePointAt(i) ?? 0);
      out.push(...encoder.encode(point));
      i += point.length;
      continue;
    }
    if (text[i + 1] === 'u' || text[i + 1] === 'U') return { error: 'unable to unescape string' };
    const escape = readEscape(text, i + 1);
    if (typeof escape === 'string') return { error: escape };
    out.push(escape.code & 0xff);
    i = escape.next;
  }
  return { value: Uint8Array.from(out) };
}

function readEscape(text: string, at: number): { readonly code: number; readonly next: number } | string {
  const c = text[at] ?? '';
  const plain = Object.hasOwn(simple, c) ? simple[c] : undefined;
  if (plain !== undefined) return { code: plain.charCodeAt(0), next: at + 1 };
  const count = Object.hasOwn(hexDigits, c) ? hexDigits[c] : undefined;
  if (count !== undefined) {
    const digits = text.slice(at + 1, at + 1 + count);
    if (digits.length < count || !/^[0-9a-fA-F]+$/.test(digits)) return 'unable to unescape string';
    return { code: Number.parseInt(digits, 16), next: at + 1 + count };
  }
  if (c >= '0' && c <= '3') {
    const digits = text.slice(at, at + 3);
    if (!/^[0-3][0-7]{2}$/.test(digits)) return 'unable to unescape octal sequence in string';
    return { code: Number.parseInt(digits, 8), next: at + 3 };
  }
  return 'unable to unescape string';
}
