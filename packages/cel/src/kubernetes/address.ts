import { equalBytes } from '../values/equal.ts';

/** An IP address: 4 or 16 bytes. */
export type Address = Uint8Array;

/** Reads an address as Go's netip.ParseAddr; no zones, no IPv4 inside IPv6. Undefined where it is none. */
export function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return Uint8Array.from(parts, Number);
}

function parseV6(text: string): Address | undefined {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const left = groups(head, tail === undefined);
  const right = tail === undefined ? [] : groups(tail, true);
  if (left === undefined || right === undefined) return undefined;
  const missing = 16 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 2) return undefined;
  const bytes = Uint8Array.from([...left, ...Array.from({ length: missing }, () => 0), ...right]);
  return isMapped(bytes) ? undefined : bytes;
}

function groups(text: string, last: boolean): number[] | undefined {
  if (text === '') return [];
  const out: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      const value = Number.parseInt(part, 16);
      out.push(value >> 8, value & 0xff);
      continue;
    }
    const v4 = last && i === parts.length - 1 ? parseV4(part) : undefined;
    if (v4 === undefined) return undefined;
    out.push(...v4);
  }
  return out;
}

function isMapped(bytes: Address): boolean {
  return bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
}

/** The canonical text (RFC 5952). */
export function formatAddress(address: Address): string {
  if (address.length === 4) return address.join('.');
  const words = Array.from({ length: 8 }, (_, i) => ((address[2 * i] ?? 0) << 8) | (address[2 * i + 1] ?? 0));
  const { start, length } = longestZeros(words);
  const hex = words.map((word) => word.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

function longestZeros(words: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < words.length; start += 1) {
    let length = 0;
    while (start + length < words.length && words[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
    start += length;
  }
  return best;
}

/** An address and how many of its bits count. */
export interface Prefix {
  readonly address: Address;
  readonly bits: number;
}

/** Reads `10.0.0.0/8` as Go's netip.ParsePrefix. Undefined where it is none. */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.lastIndexOf('/');
  const address = slash < 0 ? undefined : parseAddress(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (address === undefined || !/^(?:0|[1-9]\d{0,2})$/.test(digits) || Number(digits) > address.length * 8)
    return undefined;
  return { address, bits: Number(digits) };
}

/** The address with all bits behind the prefix cleared. */
export function maskAddress(address: Address, bits: number): Address {
  return address.map((byte, i) => byte & (0xff << Math.min(8, Math.max(0, 8 * (i + 1) - bits))) & 0xff);
}

/** Whether an address lies within a prefix; the families must agree. */
export function prefixContains(prefix: Prefix, address: Address): boolean {
  if (prefix.address.length !== address.length) return false;
  return equalBytes(maskAddress(prefix.address, prefix.bits), maskAddress(address, prefix.bits));
}
