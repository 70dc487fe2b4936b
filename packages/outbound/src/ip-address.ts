import { isIPv4, isIPv6 } from 'node:net';

const V4_PREFIX = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/**
 * An address as 16 bytes, IPv4 ones as IPv4-mapped IPv6 (RFC 4291 §2.5.5.2); a zone is left out. undefined where the text is no
 * address in standard notation: octal, hexadecimal and shortened IPv4 forms are none.
 */
export function parseAddress(text: string): Uint8Array | undefined {
  const bare = text.split('%', 1)[0] ?? '';
  if (isIPv4(bare)) return Uint8Array.from([...V4_PREFIX, ...quad(bare)]);
  return isIPv6(bare) ? Uint8Array.from(groups(bare).flatMap((group) => [group >> 8, group & 0xff])) : undefined;
}

function quad(text: string): number[] {
  return text.split('.').map(Number);
}

/** The eight groups of an IPv6 address that is known to be one. */
function groups(text: string): number[] {
  const [head = '', tail] = text.split('::', 2);
  const left = groupsOf(head);
  if (tail === undefined) return left;
  const right = groupsOf(tail);
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}

function groupsOf(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = quad(group);
    return [(a << 8) | b, (c << 8) | d];
  });
}

/**
 * The address itself, and the IPv4 addresses that it carries and that a gateway would deliver to: IPv4-compatible (RFC 4291), NAT64
 * (RFC 6052) and 6to4 (RFC 3056). A rule against an address is a rule against all its wrappings.
 */
export function readings(address: Uint8Array): readonly Uint8Array[] {
  const carried = carriedAt(address);
  if (carried === undefined) return [address];
  return [address, Uint8Array.from([...V4_PREFIX, ...address.subarray(carried, carried + 4)])];
}

const NAT64 = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0];

function carriedAt(address: Uint8Array): number | undefined {
  if (startsWith(address, [0x20, 0x02])) return 2;
  if (startsWith(address, NAT64)) return 12;
  // Not `::` and `::1`, which are addresses of their own.
  const compatible = startsWith(address, Array<number>(12).fill(0)) && (address[12] !== 0 || address[13] !== 0);
  return compatible ? 12 : undefined;
}

function startsWith(address: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, at) => address[at] === byte);
}
