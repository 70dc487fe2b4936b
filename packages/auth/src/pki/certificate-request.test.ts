import 'reflect-metadata';
import { createPublicKey, generateKeyPairSync, webcrypto, X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { LogicalCluster } from '@kcp/logical-cluster';
import * as x509 from '@peculiar/x509';
import { createAuthority, readCertificateRequest, signCertificateRequest } from './lazy.ts';

const notBefore = Date.UTC(2030, 0, 1);
const notAfter = notBefore + 3_600_000;
const authority = createAuthority({ commonName: 'signing', notBefore, notAfter: notAfter + 1 });
const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const rsa = (modulusLength: number) => ({
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength,
});

async function request(options: Partial<x509.Pkcs10CertificateRequestCreateParams> = {}, algorithm: object = EC) {
  const keys = await webcrypto.subtle.generateKey(algorithm as typeof EC, true, ['sign', 'verify']);
  const made = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'O=a, O="Ü, \\"b\\"", CN=jane',
    keys,
    signingAlgorithm: algorithm as typeof EC,
    ...options,
  });
  return { der: new Uint8Array(made.rawData), publicKey: Buffer.from(made.publicKey.rawData) };
}

const sign = async (der: Uint8Array, usages = ['client auth', 'digital signature']) => {
  const cluster = 'blue' as LogicalCluster;
  return new X509Certificate(
    await signCertificateRequest({ authority: await authority, request: der, cluster, usages, notBefore, notAfter }),
  );
};

describe('a certificate request', () => {
  it('says who asks', async () => {
    expect(await readCertificateRequest((await request()).der)).toEqual({
      commonName: 'jane',
      organizations: ['a', 'Ü, "b"'],
    });
    expect(await readCertificateRequest((await request({ name: [{ L: ['x'] }] })).der)).toEqual({
      commonName: '',
      organizations: [],
    });
  });

  it.each([
    ['RSA', rsa(2048)],
    ['P-384', { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' }],
    ['Ed25519', { name: 'Ed25519' }],
  ])('may have a key of %s', async (_name, algorithm) => {
    const { der, publicKey } = await request({}, algorithm);
    const made = await sign(der);
    expect(made.publicKey.export({ type: 'spki', format: 'der' })).toEqual(publicKey);
  });

  it('must be signed with its own key', async () => {
    const { der } = await request();
    const forged = Uint8Array.from(der);
    const at = forged.length - 1;
    forged[at] = (forged[at] ?? 0) ^ 1;
    await expect(readCertificateRequest(forged)).rejects.toThrow(/signature/);
    await expect(sign(forged)).rejects.toThrow(/signature/);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['text', Buffer.from('request')],
    ['another structure', Buffer.from('3003020101', 'hex')],
  ])('that is %s is refused', async (_name, der) => {
    await expect(readCertificateRequest(der)).rejects.toThrow(
      'asn1: structure error: not a PKCS #10 certificate request',
    );
  });
});

describe('a signed request', () => {
  it('is what was asked for, for one logical cluster', async () => {
    const { der, publicKey } = await request();
    const made = await sign(der);
    const ca = new X509Certificate((await authority).certificate);
    expect(made.checkIssued(ca) && made.verify(ca.publicKey)).toBe(true);
    expect(made.publicKey.export({ type: 'spki', format: 'der' })).toEqual(publicKey);
    expect(made.toLegacyObject().subject).toEqual({ O: ['a', 'Ü, "b"'], CN: 'jane' });
    expect(made.subjectAltName).toBe('URI:kcp://logical-clusters/blue');
    expect(made.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(made.ca).toBe(false);
    expect([made.validFromDate.getTime(), made.validToDate.getTime()]).toEqual([notBefore, notAfter]);
  });

  it('takes over nothing else that the requestor says', async () => {
    const extensions = [
      new x509.BasicConstraintsExtension(true, 3, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      new x509.SubjectAlternativeNameExtension([
        { type: 'url', value: 'kcp://logical-clusters/green' },
        { type: 'dns', value: 'kcp.example.com' },
      ]),
    ];
    const name = [{ '1.3.6.1.4.1.57683.2': ['somebody-elses-uid'] }, { L: ['x'] }, { CN: ['jane'] }];
    const made = await sign((await request({ name, extensions })).der);
    expect(made.subjectAltName).toBe('URI:kcp://logical-clusters/blue');
    expect(made.subject).toBe('CN=jane');
    expect(made.ca).toBe(false);
    expect(new x509.X509Certificate(made.raw).getExtension(x509.KeyUsagesExtension)?.usages).toBe(
      x509.KeyUsageFlags.digitalSignature,
    );
  });

  it('has no usage that was not asked for, and each a serial number of its own', async () => {
    const { der } = await request();
    const [one, two] = [await sign(der, ['client auth']), await sign(der, ['client auth'])];
    expect(new x509.X509Certificate(one.raw).getExtension(x509.KeyUsagesExtension)).toBeNull();
    expect(one.serialNumber).not.toBe(two.serialNumber);
  });

  it('is refused for a weak key', async () => {
    await expect(sign((await request({}, rsa(1024))).der)).rejects.toThrow('the key has 1024 bits; RSA keys need 2048');
  });

  it.each([
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
    ['P-521', generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey],
    ['Ed25519', generateKeyPairSync('ed25519').privateKey],
  ])('may come from an authority with a key of %s', async (_name, privateKey) => {
    // Only the name of the authority's certificate matters here; its key is the one given.
    const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const pair = { certificate: (await authority).certificate, privateKey: privatePem };
    const wanted = { request: (await request()).der, cluster: 'blue' as LogicalCluster, usages: ['client auth'] };
    const made = await signCertificateRequest({ authority: pair, ...wanted, notBefore, notAfter });
    expect(new X509Certificate(made).verify(createPublicKey(privatePem))).toBe(true);
  });

  it('needs an authority whose key can sign', async () => {
    const privateKey = generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const pair = { certificate: (await authority).certificate, privateKey };
    const wanted = { request: (await request()).der, cluster: 'blue' as LogicalCluster, usages: ['client auth'] };
    await expect(signCertificateRequest({ authority: pair, ...wanted, notBefore, notAfter })).rejects.toThrow(
      /keys of type x25519 cannot sign certificates/,
    );
  });
});
