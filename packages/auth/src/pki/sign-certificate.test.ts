import 'reflect-metadata';
import { createHash, generateKeyPairSync, webcrypto, X509Certificate, type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as x509 from '@peculiar/x509';
import { createAuthority, issueCertificate } from './certificate.ts';

const notBefore = Date.UTC(2030, 0, 1);
const notAfter = Date.UTC(2055, 0, 1);
const authority = createAuthority({ commonName: 'Äuthority "#1"', notBefore, notAfter });
const HOSTS = ['localhost', '127.0.0.1', '::1', '2001:db8::ff00:42:8329', '::ffff:192.0.2.1', 'a.example.com'];

async function issued(options: object = {}) {
  const made = await issueCertificate({
    authority: await authority,
    usage: 'server',
    commonName: 'kcp, "Ü"',
    organizations: ['a=b', ''],
    hosts: HOSTS,
    notBefore,
    notAfter,
    ...options,
  });
  return made.certificate;
}

// The library reads what we wrote, so that both would have to be wrong in the same way.
describe('a certificate as another reads it', () => {
  it('names subject, issuer and times', async () => {
    const read = new x509.X509Certificate(await issued());
    expect(read.subjectName.getField('CN')).toEqual(['kcp, "Ü"']);
    expect(read.subjectName.getField('O')).toEqual(['a=b', '']);
    expect(read.issuerName.getField('CN')).toEqual(['Äuthority "#1"']);
    expect([read.notBefore.getTime(), read.notAfter.getTime()]).toEqual([notBefore, notAfter]);
    const ca = new X509Certificate((await authority).certificate);
    expect(new X509Certificate(read.toString('pem')).verify(ca.publicKey)).toBe(true);
  });

  it('has the extensions of its kind', async () => {
    const read = new x509.X509Certificate(await issued());
    expect(read.getExtension(x509.BasicConstraintsExtension)).toMatchObject({ ca: false, critical: true });
    expect(read.getExtension(x509.KeyUsagesExtension)).toMatchObject({ usages: 1, critical: true });
    expect(read.getExtension(x509.ExtendedKeyUsageExtension)?.usages).toEqual([x509.ExtendedKeyUsage.serverAuth]);
    const names = read.getExtension(x509.SubjectAlternativeNameExtension)?.names.toJSON();
    expect(names?.map(({ type }) => type)).toEqual(['dns', 'ip', 'ip', 'ip', 'ip', 'dns']);
    const parsed = new X509Certificate(await issued());
    for (const host of HOSTS.slice(1, 5)) expect(parsed.checkIP(host)).toBe(host);
  });

  it('of an authority signs leaves only', async () => {
    const read = new x509.X509Certificate((await authority).certificate);
    expect(read.getExtension(x509.BasicConstraintsExtension)).toMatchObject({ ca: true, pathLength: 0 });
    const flags = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;
    expect(read.getExtension(x509.KeyUsagesExtension)).toMatchObject({ usages: flags, critical: true });
  });

  it('names the key that signed it', async () => {
    const bits = new x509.X509Certificate((await authority).certificate).publicKey.rawData;
    const name = createHash('sha1').update(Buffer.from(bits).subarray(-65)).digest('hex');
    const read = new x509.X509Certificate(await issued());
    expect(read.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId).toBe(name);
  });
});

/** An authority as somebody else makes it: another key, another name for it. */
async function foreignAuthority({ privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }) {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const root = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const made = await x509.X509CertificateGenerator.create(
    {
      subject: 'CN=foreign, DC=example, C=DE',
      issuer: 'CN=root',
      notBefore: new Date(notBefore),
      notAfter: new Date(notAfter),
      publicKey: new x509.PublicKey(publicKey.export({ type: 'spki', format: 'der' })),
      signingKey: root.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.SubjectKeyIdentifierExtension('0a0b0c'),
      ],
    },
    webcrypto,
  );
  return {
    certificate: made.toString('pem'),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

describe('an authority of another maker', () => {
  it.each<[string, () => { privateKey: KeyObject; publicKey: KeyObject }]>([
    ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['P-256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['P-384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' })],
    ['P-521', () => generateKeyPairSync('ec', { namedCurve: 'P-521' })],
    ['Ed25519', () => generateKeyPairSync('ed25519')],
  ])('may have a key of %s', async (_name, keys) => {
    const theirs = await foreignAuthority(keys());
    const [leaf, ca] = [
      new X509Certificate(await issued({ authority: theirs })),
      new X509Certificate(theirs.certificate),
    ];
    expect(leaf.checkIssued(ca)).toBe(true);
    expect(leaf.verify(ca.publicKey)).toBe(true);
    const read = new x509.X509Certificate(leaf.raw);
    expect(read.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId).toBe('0a0b0c');
  });

  it('has no key of another kind', async () => {
    const theirs = await foreignAuthority(generateKeyPairSync('ec', { namedCurve: 'P-256' }));
    const { privateKey } = generateKeyPairSync('x25519', {
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    await expect(issued({ authority: { ...theirs, privateKey } })).rejects.toThrow('keys of type x25519 cannot sign');
  });
});
