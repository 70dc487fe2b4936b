// The decorators of @peculiar/x509's ASN.1 classes need it before the first of them is made.
import 'reflect-metadata';
import { isIP } from 'node:net';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { subjectNameOf } from './subject-name.ts';
import { certificateSigner, OWN_ALGORITHM as ALGORITHM } from './signing-algorithm.ts';

/** A certificate and its private key, PEM; the key as PKCS #8. */
export interface KeyPair {
  readonly certificate: string;
  readonly privateKey: string;
}

/** How long something is valid; milliseconds since 1970. */
export interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

/** What an authority is called. */
export interface AuthorityOptions extends Validity {
  readonly commonName: string;
}

/** What a certificate is for. */
export interface CertificateOptions extends Validity {
  readonly authority: KeyPair;
  /** `server`: to be connected to at its hosts; `client`: to be known as a user. */
  readonly usage: 'server' | 'client';
  /** The user's name, for clients. */
  readonly commonName: string;
  /** The user's groups, for clients. */
  readonly organizations?: readonly string[];
  /** Names and IP addresses of a server. */
  readonly hosts?: readonly string[];
}

const USAGES = { server: x509.ExtendedKeyUsage.serverAuth, client: x509.ExtendedKeyUsage.clientAuth };

x509.cryptoProvider.set(webcrypto);

/** Makes a certificate authority that signs leaf certificates only: ECDSA P-256. */
export async function createAuthority({ commonName, notBefore, notAfter }: AuthorityOptions): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: subjectNameOf(commonName, []),
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return pair(certificate, keys.privateKey);
}

/** Makes a certificate that an authority signs, with a key of its own: ECDSA P-256. */
export async function issueCertificate(options: CertificateOptions): Promise<KeyPair> {
  const { authority, usage, commonName, organizations = [], hosts = [] } = options;
  const issuer = new x509.X509Certificate(authority.certificate);
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const { key, algorithm } = await certificateSigner(authority.privateKey);
  const names = hosts.map((host): x509.JsonGeneralName => ({ type: isIP(host) === 0 ? 'dns' : 'ip', value: host }));
  const certificate = await x509.X509CertificateGenerator.create({
    subject: subjectNameOf(commonName, organizations),
    issuer: issuer.subjectName,
    notBefore: new Date(options.notBefore),
    notAfter: new Date(options.notAfter),
    publicKey: keys.publicKey,
    signingKey: key,
    ...(algorithm && { signingAlgorithm: algorithm }),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([USAGES[usage]]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
    ],
  });
  return pair(certificate, keys.privateKey);
}

async function pair(certificate: x509.X509Certificate, key: webcrypto.CryptoKey): Promise<KeyPair> {
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', key);
  const chain = `${certificate.toString('pem')}\n`;
  return { certificate: chain, privateKey: `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n` };
}
