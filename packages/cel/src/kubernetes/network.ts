import { declare } from '../check/declaration.ts';
import type { Library } from '../check/declaration.ts';
import { equalBytes } from '../values/equal.ts';
import { asInstance, asString } from '../values/expect.ts';
import { Fault } from '../values/fault.ts';
import { opaqueType } from '../values/type.ts';
import { OpaqueValue } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import { formatAddress, maskAddress, parseAddress, parsePrefix, prefixContains } from './address.ts';
import type { Address, Prefix } from './address.ts';

const ipType = opaqueType('net.IP');
const cidrType = opaqueType('net.CIDR');

class Ip extends OpaqueValue {
  readonly type = ipType;
  readonly address: Address;

  constructor(address: Address) {
    super();
    this.address = address;
  }

  equals(other: OpaqueValue): boolean {
    return other instanceof Ip && equalBytes(this.address, other.address);
  }

  override size(): number {
    return this.address.length;
  }
}

class Cidr extends OpaqueValue {
  readonly type = cidrType;
  readonly prefix: Prefix;

  constructor(prefix: Prefix) {
    super();
    this.prefix = prefix;
  }

  equals(other: OpaqueValue): boolean {
    const { address, bits } = this.prefix;
    return other instanceof Cidr && other.prefix.bits === bits && equalBytes(address, other.prefix.address);
  }

  override size(): number {
    return Math.ceil(this.prefix.bits / 8);
  }
}

function ipOf(text: string): Ip {
  const address = parseAddress(text);
  if (address === undefined) throw new Fault(`IP Address "${text}" parse error during conversion from string`);
  return new Ip(address);
}

function cidrOf(text: string): Cidr {
  const prefix = parsePrefix(text);
  if (prefix === undefined) throw new Fault(`network address parse error during conversion from string: "${text}"`);
  return new Cidr(prefix);
}

function prefixOf(value: Value | undefined): Prefix {
  return asInstance(Cidr, value).prefix;
}

function containsPrefix(outer: Prefix, inner: Prefix): boolean {
  return outer.bits <= inner.bits && prefixContains(outer, inner.address);
}

const isUnspecified = (a: Address): boolean => a.every((byte) => byte === 0);
const isLoopback = (a: Address): boolean =>
  a.length === 4 ? a[0] === 127 : a.subarray(0, 15).every((byte) => byte === 0) && a[15] === 1;
const isLinkLocalMulticast = (a: Address): boolean =>
  a.length === 4 ? a[0] === 224 && a[1] === 0 && a[2] === 0 : a[0] === 0xff && ((a[1] ?? 0) & 0x0f) === 2;
const isLinkLocalUnicast = (a: Address): boolean =>
  a.length === 4 ? a[0] === 169 && a[1] === 254 : a[0] === 0xfe && ((a[1] ?? 0) & 0xc0) === 0x80;
const isMulticast = (a: Address): boolean => (a.length === 4 ? ((a[0] ?? 0) & 0xf0) === 0xe0 : a[0] === 0xff);
const isGlobalUnicast = (a: Address): boolean => {
  if (a.length === 4 && a.every((byte) => byte === 255)) return false;
  return !isUnspecified(a) && !isLoopback(a) && !isMulticast(a) && !isLinkLocalUnicast(a);
};

const tests = { isUnspecified, isLoopback, isLinkLocalMulticast, isLinkLocalUnicast, isGlobalUnicast };

function snake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** IP addresses and networks (k8s.io/apiserver/pkg/cel/library ip.go and cidr.go). */
export const networkLibrary: Library = {
  name: 'kubernetes.net',
  types: [ipType, cidrType],
  functions: [
    declare(
      'ip',
      ['string_to_ip', '(string) -> net.IP', (a) => ipOf(asString(a))],
      ['cidr_ip', 'net.CIDR.() -> net.IP', (a) => new Ip(prefixOf(a).address)],
    ),
    declare('isIP', ['is_ip', '(string) -> bool', (a) => parseAddress(asString(a)) !== undefined]),
    declare('ip.isCanonical', [
      'ip_is_canonical',
      '(string) -> bool',
      (a) => formatAddress(ipOf(asString(a)).address) === asString(a),
    ]),
    declare('family', ['ip_family', 'net.IP.() -> int', (a) => (asInstance(Ip, a).address.length === 4 ? 4 : 6)]),
    ...Object.entries(tests).map(([name, test]) =>
      declare(name, [`ip_${snake(name)}`, 'net.IP.() -> bool', (a) => test(asInstance(Ip, a).address)]),
    ),
    declare('cidr', ['string_to_cidr', '(string) -> net.CIDR', (a) => cidrOf(asString(a))]),
    declare('isCIDR', ['is_cidr', '(string) -> bool', (a) => parsePrefix(asString(a)) !== undefined]),
    declare(
      'containsIP',
      [
        'cidr_contains_ip_string',
        'net.CIDR.(string) -> bool',
        (a, b) => prefixContains(prefixOf(a), ipOf(asString(b)).address),
      ],
      [
        'cidr_contains_ip_ip',
        'net.CIDR.(net.IP) -> bool',
        (a, b) => prefixContains(prefixOf(a), asInstance(Ip, b).address),
      ],
    ),
    declare(
      'containsCIDR',
      [
        'cidr_contains_cidr_string',
        'net.CIDR.(string) -> bool',
        (a, b) => containsPrefix(prefixOf(a), cidrOf(asString(b)).prefix),
      ],
      ['cidr_contains_cidr', 'net.CIDR.(net.CIDR) -> bool', (a, b) => containsPrefix(prefixOf(a), prefixOf(b))],
    ),
    declare('prefixLength', ['cidr_prefix_length', 'net.CIDR.() -> int', (a) => prefixOf(a).bits]),
    declare('masked', [
      'cidr_masked',
      'net.CIDR.() -> net.CIDR',
      (a) => new Cidr({ address: maskAddress(prefixOf(a).address, prefixOf(a).bits), bits: prefixOf(a).bits }),
    ]),
    declare(
      'string',
      ['ip_to_string', '(net.IP) -> string', (a) => formatAddress(asInstance(Ip, a).address)],
      ['cidr_to_string', '(net.CIDR) -> string', (a) => `${formatAddress(prefixOf(a).address)}/${prefixOf(a).bits}`],
    ),
  ],
};
