import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** A key and its certificate, PEM; made anew for every test run, so that no secret lies in the repository. */
export interface TestPair {
  readonly key: string;
  readonly cert: string;
}

/** What a test certificate says of its holder. */
export interface TestSubject {
  readonly name: string;
  /** An authority may sign others. */
  readonly authority?: boolean;
  /** Of a server: the IPv4 address it is reached at. */
  readonly address?: readonly [number, number, number, number];
  /** Of one without an address: what it may be used for; a client's certificate where left out. */
  readonly purpose?: 'client' | 'server';
  /** In days from now; the past where negative. */
  readonly expires?: number;
}

/** An ECDSA P-256 certificate, signed by `issuer` or by itself. */
export function testCertificate(subject: TestSubject, issuer?: TestPair & { readonly name: string }): TestPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const now = Date.now();
  const day = 24 * 3600 * 1000;
  const tbs = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    commonName(issuer?.name ?? subject.name),
    sequence(time(now - 30 * day), time(now + (subject.expires ?? 1) * day)),
    commonName(subject.name),
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions(subject))),
  );
  const signer: KeyObject = issuer ? createPrivateKey(issuer.key) : privateKey;
  const der = sequence(tbs, ecdsaWithSha256, bitString(sign('sha256', tbs, signer)));
  const text = der.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`,
  };
}

function extensions(subject: TestSubject): Buffer[] {
  const all: Buffer[] = [];
  if (subject.authority) all.push(extension('551d13', sequence(der(0x01, Buffer.from([0xff])))));
  if (subject.address) all.push(extension('551d11', sequence(der(0x87, Buffer.from(subject.address)))));
  if (!subject.authority && !subject.address) {
    const purpose = subject.purpose === 'server' ? '2b06010505070301' : '2b06010505070302';
    all.push(extension('551d25', sequence(oid(purpose))));
  }
  return all;
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(oid(id), der(0x04, value));
}

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));

function commonName(name: string): Buffer {
  return sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))));
}

function time(at: number): Buffer {
  const text = new Date(at).toISOString().replace(/[-:T]/g, '').slice(0, 14);
  return der(0x18, Buffer.from(`${text}Z`));
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function integer(bytes: Buffer): Buffer {
  return der(0x02, bytes);
}

function bitString(bytes: Buffer): Buffer {
  return der(0x03, Buffer.concat([Buffer.from([0]), bytes]));
}

function explicit(tag: number, content: Buffer): Buffer {
  return der(0xa0 + tag, content);
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
