import { generateKeyPair, X509Certificate, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import {
  alternativeNames,
  authorityKeyIdentifier,
  basicConstraints,
  extendedKeyUsage,
  issuerOf,
  keyUsage,
  subjectKeyIdentifier,
  subjectName,
} from './certificate-parts.ts';
import { signCertificate } from './sign-certificate.ts';
import { certificateSigner } from './signing-algorithm.ts';

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

interface OwnKeys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const generate = promisify(generateKeyPair);

/** Makes a certificate authority that signs leaf certificates only: ECDSA P-256. */
export async function createAuthority({ commonName, notBefore, notAfter }: AuthorityOptions): Promise<KeyPair> {
  const keys: OwnKeys = await generate('ec', { namedCurve: 'P-256' });
  const name = subjectName(commonName, []);
  const publicKey = encoded(keys);
  const extensions = [basicConstraints(true), keyUsage('keyCertSign', 'cRLSign'), subjectKeyIdentifier(publicKey)];
  const contents = { issuer: name, subject: name, publicKey, notBefore, notAfter, extensions };
  return { certificate: await signCertificate(contents, certificateSigner(keys.privateKey)), ...pem(keys) };
}

/** Makes a certificate that an authority signs, with a key of its own: ECDSA P-256. */
export async function issueCertificate(options: CertificateOptions): Promise<KeyPair> {
  const { authority, usage, commonName, organizations = [], hosts = [], notBefore, notAfter } = options;
  const issuer = issuerOf(new X509Certificate(authority.certificate).raw);
  const keys: OwnKeys = await generate('ec', { namedCurve: 'P-256' });
  const publicKey = encoded(keys);
  const extensions = [
    basicConstraints(false),
    keyUsage('digitalSignature'),
    extendedKeyUsage(usage),
    authorityKeyIdentifier(issuer),
    subjectKeyIdentifier(publicKey),
    ...(hosts.length > 0 ? [alternativeNames(hosts.map((host) => ({ host })))] : []),
  ];
  const subject = subjectName(commonName, organizations);
  const contents = { issuer: issuer.name, subject, publicKey, notBefore, notAfter, extensions };
  return { certificate: await signCertificate(contents, certificateSigner(authority.privateKey)), ...pem(keys) };
}

function encoded({ publicKey }: OwnKeys): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' });
}

function pem({ privateKey }: OwnKeys): { readonly privateKey: string } {
  return { privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}
