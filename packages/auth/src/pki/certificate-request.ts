import 'reflect-metadata';
import { createPublicKey, randomBytes } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { clusterUri } from '../authentication/certificate-scope.ts';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { KeyPair, Validity } from './certificate.ts';
import { subjectNameOf } from './subject-name.ts';
import { certificateSigner } from './signing-algorithm.ts';

/** Whom a request asks a certificate for. */
export interface CertificateRequest {
  /** The last common name; empty where there is none. */
  readonly commonName: string;
  readonly organizations: readonly string[];
}

/** A client certificate to be signed. */
export interface RequestedCertificate extends Validity {
  readonly authority: KeyPair;
  /** PKCS #10, DER. */
  readonly request: Uint8Array;
  /** The only logical cluster where it will count. */
  readonly cluster: LogicalCluster;
  /** Usages of certificates.k8s.io: `client auth`, `digital signature`, `key encipherment`; others count for nothing. */
  readonly usages: readonly string[];
}

/** RSA keys shorter than this are refused (RFC 8996 leaves them out of TLS in practice; NIST SP 800-57 disallows them). */
const SHORTEST_RSA_BITS = 2048;

/**
 * Reads a PKCS #10 request (RFC 2986) and checks that its signature fits its key. Throws Error whose text says what is wrong.
 */
export async function readCertificateRequest(der: Uint8Array): Promise<CertificateRequest> {
  const request = parse(der);
  if (!(await isSignedByItself(request))) throw new Error('x509: the signature of the request does not fit its key');
  const { subjectName } = request;
  return { commonName: subjectName.getField('CN').at(-1) ?? '', organizations: subjectName.getField('O') };
}

function parse(der: Uint8Array): x509.Pkcs10CertificateRequest {
  try {
    return new x509.Pkcs10CertificateRequest(Uint8Array.from(der));
  } catch (error) {
    throw new Error('asn1: structure error: not a PKCS #10 certificate request', { cause: error });
  }
}

async function isSignedByItself(request: x509.Pkcs10CertificateRequest): Promise<boolean> {
  try {
    return await request.verify();
  } catch (error) {
    throw new Error('x509: cannot verify signature: algorithm unimplemented', { cause: error });
  }
}

/**
 * Signs a request for one logical cluster. Of the request only the key, the common name and the organizations are taken over:
 * its extensions, alternative names and other attributes are the requestor's words, and the cluster is the server's. Throws
 * Error where the key is too weak or the authority's is of an unknown kind.
 */
export async function signCertificateRequest(wanted: RequestedCertificate): Promise<string> {
  const { authority, request, cluster, usages } = wanted;
  const issuer = new x509.X509Certificate(authority.certificate);
  const parsed = parse(request);
  refuseWeak(parsed);
  const { commonName, organizations } = await readCertificateRequest(request);
  const { key, algorithm } = await certificateSigner(authority.privateKey);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    subject: subjectNameOf(commonName, organizations),
    issuer: issuer.subjectName,
    notBefore: new Date(wanted.notBefore),
    notAfter: new Date(wanted.notAfter),
    publicKey: parsed.publicKey,
    signingKey: key,
    ...(algorithm && { signingAlgorithm: algorithm }),
    extensions: [
      ...keyUsages(usages),
      ...(usages.includes('client auth')
        ? [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])]
        : []),
      new x509.BasicConstraintsExtension(false, undefined, true),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      new x509.SubjectAlternativeNameExtension([{ type: 'url', value: clusterUri(cluster) }]),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}

function refuseWeak({ publicKey }: x509.Pkcs10CertificateRequest): void {
  const key = createPublicKey({ key: Buffer.from(publicKey.rawData), format: 'der', type: 'spki' });
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < SHORTEST_RSA_BITS)
    throw new Error(`the key has ${bits} bits; RSA keys need ${SHORTEST_RSA_BITS}`);
}

function keyUsages(usages: readonly string[]): readonly x509.KeyUsagesExtension[] {
  const { digitalSignature, keyEncipherment } = x509.KeyUsageFlags;
  const [signs, enciphers] = [usages.includes('digital signature'), usages.includes('key encipherment')];
  if (signs && enciphers) return [new x509.KeyUsagesExtension(digitalSignature | keyEncipherment, true)];
  if (signs) return [new x509.KeyUsagesExtension(digitalSignature, true)];
  return enciphers ? [new x509.KeyUsagesExtension(keyEncipherment, true)] : [];
}

/** 127 random bits: positive, never the same (RFC 5280, 4.1.2.2). */
function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}
