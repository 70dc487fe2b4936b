import { createHash, randomBytes } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { bitString, elementsIn, octetString, oid, sequence, setOf, tagged, TRUE, utf8String } from './der.ts';

/** A subject as texts say it, whatever characters they have: organizations first, then the common name (X.501). */
export function subjectName(commonName: string, organizations: readonly string[]): Buffer {
  const attribute = (type: string, value: string): Buffer => setOf(sequence(oid(type), utf8String(value)));
  return sequence(...organizations.map((name) => attribute('2.5.4.10', name)), attribute('2.5.4.3', commonName));
}

/** What a key may be used for (RFC 5280, 4.2.1.3), by its bit. */
export const KEY_USAGE = { digitalSignature: 0, keyEncipherment: 2, keyCertSign: 5, cRLSign: 6 } as const;
/** What a certificate proves (RFC 5280, 4.2.1.12). */
export const EXTENDED_USAGE = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const;

const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';

function extension(id: string, value: Uint8Array, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [TRUE] : []), octetString(value));
}

/** Whether a certificate may sign others; an authority of ours signs leaves only. */
export function basicConstraints(authority: boolean): Buffer {
  const signsLeaves = [TRUE, Buffer.from('020100', 'hex')];
  return extension('2.5.29.19', sequence(...(authority ? signsLeaves : [])), true);
}

/** What the key is used for. */
export function keyUsage(...usages: readonly (keyof typeof KEY_USAGE)[]): Buffer {
  const bits = usages.map((usage) => KEY_USAGE[usage]);
  const octet = bits.reduce<number>((sum, bit) => sum | (0x80 >> bit), 0);
  return extension('2.5.29.15', bitString(Uint8Array.of(octet), 7 - Math.max(...bits)), true);
}

/** What the certificate proves. */
export function extendedKeyUsage(usage: keyof typeof EXTENDED_USAGE): Buffer {
  return extension('2.5.29.37', sequence(oid(EXTENDED_USAGE[usage])));
}

/** The name of a certificate's key, so that those it signed find it. */
export function subjectKeyIdentifier(publicKey: Uint8Array): Buffer {
  return extension(SUBJECT_KEY_IDENTIFIER, octetString(keyIdentifier(publicKey)));
}

/** The name of the key that signed. */
export function authorityKeyIdentifier(issuer: Issuer): Buffer {
  return extension('2.5.29.35', sequence(tagged(0x80, issuer.keyIdentifier)));
}

/** SHA-1 of the key's bits (RFC 5280, 4.2.1.2, method 1); a name, not a proof. */
function keyIdentifier(publicKey: Uint8Array): Uint8Array {
  const bits = elementsIn(elementsIn(publicKey)[0]?.contents ?? publicKey)[1]?.contents.subarray(1);
  return createHash('sha1')
    .update(bits ?? publicKey)
    .digest();
}

/** Where a server is, or who a client is. */
export type AlternativeName = { readonly host: string } | { readonly uri: string };

/** Further names of the subject; hosts are names or IP addresses. */
export function alternativeNames(names: readonly AlternativeName[]): Buffer {
  const encoded = names.map((name) => {
    if ('uri' in name) return tagged(0x86, Buffer.from(name.uri, 'latin1'));
    const address = addressOctets(name.host);
    return address ? tagged(0x87, address) : tagged(0x82, Buffer.from(name.host, 'latin1'));
  });
  return extension('2.5.29.17', sequence(...encoded));
}

function addressOctets(host: string): Uint8Array | undefined {
  if (isIPv4(host)) return Uint8Array.from(host.split('.').map(Number));
  if (!isIPv6(host)) return undefined;
  // The URL parser writes an address in one way only, with at most one gap and no dots.
  const written = new URL(`http://[${host.replace(/%.*$/, '')}]`).hostname.slice(1, -1);
  const [front = '', back] = written.split('::');
  const groups = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));
  const [left, right] = [groups(front), groups(back ?? '')];
  const gap = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return Buffer.from([...left, ...gap, ...right].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** 127 random bits: positive, never the same (RFC 5280, 4.1.2.2). */
export function randomSerial(): Uint8Array {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

/** What a certificate says of the authority that signed it. */
export interface Issuer {
  /** The authority's subject, octet for octet. */
  readonly name: Uint8Array;
  readonly keyIdentifier: Uint8Array;
}

/** Reads from an authority's certificate (DER) what its leaves repeat: its subject and the name of its key. */
export function issuerOf(certificate: Uint8Array): Issuer {
  const fields = elementsIn(
    elementsIn(elementsIn(certificate)[0]?.contents ?? certificate)[0]?.contents ?? certificate,
  );
  // Version 1 certificates have no version: it is the only field with the tag [0].
  const from = fields[0]?.tag === 0xa0 ? 1 : 0;
  const [name, publicKey] = [fields[from + 4], fields[from + 5]];
  if (!name || !publicKey) throw new Error('x509: malformed certificate');
  return { name: name.whole, keyIdentifier: statedKeyIdentifier(fields) ?? keyIdentifier(publicKey.whole) };
}

function statedKeyIdentifier(fields: ReturnType<typeof elementsIn>): Uint8Array | undefined {
  const list = fields.find(({ tag }) => tag === 0xa3);
  const id = oid(SUBJECT_KEY_IDENTIFIER);
  for (const { contents } of elementsIn(
    elementsIn(list?.contents ?? new Uint8Array())[0]?.contents ?? new Uint8Array(),
  )) {
    const parts = elementsIn(contents);
    if (id.equals(parts[0]?.whole ?? id.subarray(1)))
      return elementsIn(parts.at(-1)?.contents ?? contents)[0]?.contents;
  }
  return undefined;
}
