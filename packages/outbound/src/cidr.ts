import { isIPv4 } from 'node:net';
import { parseAddress } from './ip-address.ts';

/** A block of addresses: those whose first `length` bits of 128 are those of `bytes`. */
export interface Cidr {
  readonly bytes: Uint8Array;
  readonly length: number;
}

/** Reads `10.0.0.0/8`, `fd00::/8` or a single address. Throws TypeError, which names what is wrong. */
export function parseCidr(text: string): Cidr {
  const [address = '', size, ...rest] = text.trim().split('/');
  const bytes = address.includes('%') ? undefined : parseAddress(address);
  if (!bytes || rest.length > 0) throw new TypeError(`${JSON.stringify(text)} is no address and no block of addresses`);
  const bits = isIPv4(address) ? 32 : 128;
  const length = size === undefined ? bits : /^\d{1,3}$/.test(size) ? Number(size) : Infinity;
  if (length > bits)
    throw new TypeError(`${JSON.stringify(text)}: the length of the prefix must be between 0 and ${bits}`);
  return { bytes, length: length + 128 - bits };
}

/** True where an address is in a block. */
export function contains({ bytes, length }: Cidr, address: Uint8Array): boolean {
  const whole = length >> 3;
  for (let at = 0; at < whole; at += 1) {
    if (bytes[at] !== address[at]) return false;
  }
  const rest = length & 7;
  if (rest === 0) return true;
  const mask = (0xff << (8 - rest)) & 0xff;
  return ((bytes[whole] ?? 0) & mask) === ((address[whole] ?? 0) & mask);
}
