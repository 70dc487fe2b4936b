// The decorators of @peculiar/x509's ASN.1 classes need it before the first of them is made.
import 'reflect-metadata';
import { webcrypto, X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as x509 from '@peculiar/x509';
import { fromAuthority, onlyFrom, parseCertificates } from './certificate-authorities.ts';

x509.cryptoProvider.set(webcrypto);
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const START = Date.UTC(2030, 0, 1);
const HOUR = 3_600_000;

interface Made {
  readonly der: Uint8Array;
  readonly pem: string;
  readonly name: string;
  readonly key: webcrypto.CryptoKey;
}

async function make(name: string, options: { issuer?: Made; ca?: boolean; hours?: number } = {}): Promise<Made> {
  const { issuer, ca = false, hours = 10 } = options;
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const made = await x509.X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: `CN=${issuer?.name ?? name}`,
    notBefore: new Date(START),
    notAfter: new Date(START + hours * HOUR),
    publicKey: keys.publicKey,
    signingKey: issuer?.key ?? keys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [new x509.BasicConstraintsExtension(ca, undefined, true)],
  });
  return { der: new Uint8Array(made.rawData), pem: made.toString('pem'), name, key: keys.privateKey };
}
const from = (root: Made, now = START) => fromAuthority(root.pem, { clock: () => now });

describe('a certificate', () => {
  it('is from who signed it, and from nobody of the same name', async () => {
    const [a, namesake] = [await make('ca', { ca: true }), await make('ca', { ca: true })];
    const leaf = await make('jane', { issuer: a });
    expect(from(a)({ certificate: leaf.der })).toBe(true);
    expect(from(namesake)({ certificate: leaf.der })).toBe(false);
    expect(fromAuthority(`${namesake.pem}\n${a.pem}`, { clock: () => START })({ certificate: leaf.der })).toBe(true);
  });
  it('is from whom its intermediates lead to', async () => {
    const root = await make('ca', { ca: true });
    const middle = await make('middle', { issuer: root, ca: true });
    const leaf = await make('jane', { issuer: middle });
    expect(from(root)({ certificate: leaf.der })).toBe(false);
    expect(from(root)({ certificate: leaf.der, intermediates: [middle.der, root.der] })).toBe(true);
    expect(from(middle)({ certificate: leaf.der })).toBe(true);
  });
  it('is from nobody who may not issue', async () => {
    const root = await make('ca', { ca: true });
    const user = await make('user', { issuer: root });
    const forged = await make('admin', { issuer: user });
    expect(from(root)({ certificate: forged.der, intermediates: [user.der] })).toBe(false);
  });
  it('counts until the first of its chain ends, also where the verdict is remembered', async () => {
    const root = await make('ca', { ca: true });
    const middle = await make('middle', { issuer: root, ca: true, hours: 1 });
    const leaf = await make('jane', { issuer: middle });
    let now = START;
    const judge = fromAuthority(root.pem, { clock: () => now });
    expect(judge({ certificate: leaf.der, intermediates: [middle.der] })).toBe(true);
    now = START + HOUR;
    expect(judge({ certificate: leaf.der })).toBe(true);
    now += 1;
    expect(judge({ certificate: leaf.der, intermediates: [middle.der] })).toBe(false);
    expect(from(root, START - 1)({ certificate: leaf.der, intermediates: [middle.der] })).toBe(false);
  });
  it('that is none, or that walks in circles, is from nobody', async () => {
    const root = await make('ca', { ca: true });
    const [one, two] = [await make('one', { ca: true }), await make('two', { ca: true })];
    expect(from(root)({ certificate: Buffer.from('x') })).toBe(false);
    expect(from(root)({ certificate: undefined })).toBe(false);
    expect(from(root)({ certificate: one.der, intermediates: [one.der, two.der, Buffer.from('x')] })).toBe(false);
  });
});

describe('a file of authorities', () => {
  it('has at least one, and no broken one', async () => {
    const root = await make('ca', { ca: true });
    expect(
      parseCertificates(`# ours\n${root.pem}\n${root.pem}`).map(({ raw }) => new X509Certificate(raw).subject),
    ).toEqual(['CN=ca', 'CN=ca']);
    expect(() => parseCertificates('nothing')).toThrow('the file holds no PEM encoded certificate');
    expect(() => parseCertificates('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toThrow();
  });
});

it('an authenticator of users is not asked about others’ certificates', async () => {
  const authenticate = onlyFrom(
    ({ certificate }) => certificate?.[0] === 1,
    () => ({ kind: 'none' }),
  );
  expect(authenticate({ token: undefined, certificate: Uint8Array.of(1) })).toEqual({ kind: 'none' });
  expect(authenticate({ token: undefined, certificate: undefined })).toEqual({ kind: 'none' });
  expect(authenticate({ token: 'x', certificate: Uint8Array.of(2) })).toEqual({
    kind: 'refused',
    why: 'x509: certificate signed by unknown authority',
  });
});
