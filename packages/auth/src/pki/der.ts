/**
 * Values in the distinguished encoding of ASN.1 (X.690): as many kinds as certificates have, and a reader that takes one
 * value after the other. Written here because a server makes its certificates while somebody waits for its first start, and
 * a library for all of ASN.1 took a fifth of that time.
 */
const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

/** A value with its tag and length. */
export function tagged(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(body.length)]), body]);
}

function lengthOf(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

/** Values in an order. */
export function sequence(...items: readonly Uint8Array[]): Buffer {
  return tagged(TAG.sequence, ...items);
}

/** A set of one value; sets of several would have to be sorted. */
export function setOf(item: Uint8Array): Buffer {
  return tagged(TAG.set, item);
}

/** TRUE: what is false is a default, and left out. */
export const TRUE: Buffer = tagged(TAG.boolean, Uint8Array.of(0xff));
/** No value. */
export const NULL: Buffer = tagged(TAG.null);

/** A number that is not negative, from its octets. */
export function unsigned(octets: Uint8Array): Buffer {
  let start = 0;
  while (start < octets.length - 1 && octets[start] === 0) start += 1;
  const rest = octets.subarray(start);
  return tagged(TAG.integer, ...((rest[0] ?? 0) >= 0x80 ? [Uint8Array.of(0)] : []), rest);
}

/** Bits, of which the last octet may leave some out. */
export function bitString(octets: Uint8Array, unused = 0): Buffer {
  return tagged(TAG.bitString, Uint8Array.of(unused), octets);
}

/** Octets, often of another value. */
export function octetString(octets: Uint8Array): Buffer {
  return tagged(TAG.octetString, octets);
}

/** A text. */
export function utf8String(text: string): Buffer {
  return tagged(TAG.utf8String, Buffer.from(text));
}

/** An object identifier from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const octets = [first * 40 + second, ...rest].flatMap((arc) => {
    const digits = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) digits.unshift(128 + (left % 128));
    return digits;
  });
  return tagged(TAG.oid, Uint8Array.from(octets));
}

/** A moment to the second, in the form that RFC 5280 (4.1.2.5) wants for its year; milliseconds since 1970. */
export function time(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  const short = digits >= '1950' && digits < '2050';
  return tagged(short ? TAG.utcTime : TAG.generalizedTime, Buffer.from(short ? digits.slice(2) : digits));
}

/** A value as it was read: all its octets, and those after its tag and length. */
export interface Element {
  readonly tag: number;
  readonly whole: Uint8Array;
  readonly contents: Uint8Array;
}

/** The values that follow each other in some octets. Throws Error where they end too early. */
export function elementsIn(octets: Uint8Array): readonly Element[] {
  const found: Element[] = [];
  for (let at = 0; at < octets.length;) {
    const element = elementAt(octets.subarray(at));
    found.push(element);
    at += element.whole.length;
  }
  return found;
}

function elementAt(octets: Uint8Array): Element {
  const [tag = 0, first = 0] = octets;
  const digits = first < 0x80 ? 0 : first & 0x7f;
  const length = digits === 0 ? first : octets.subarray(2, 2 + digits).reduce((sum, digit) => sum * 256 + digit, 0);
  const start = 2 + digits;
  if (octets.length < start + length) throw new Error('asn1: syntax error: data truncated');
  const whole = octets.subarray(0, start + length);
  return { tag, whole, contents: whole.subarray(start) };
}
