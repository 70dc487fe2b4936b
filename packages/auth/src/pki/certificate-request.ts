// The decorators of @peculiar/x509's ASN.1 classes need it before the first of them is made.
import 'reflect-metadata';
import { createPublicKey, webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { clusterUri } from '../authentication/certificate-scope.ts';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { KeyPair, Validity } from './certificate.ts';
import {
  alternativeNames,
  authorityKeyIdentifier,
  basicConstraints,
  extendedKeyUsage,
  issuerOf,
  keyUsage,
  subjectName,
} from './certificate-parts.ts';
import { signCertificate } from './sign-certificate.ts';
import { certificateSigner } from './signing-algorithm.ts';

x509.cryptoProvider.set(webcrypto);

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
  const issuer = issuerOf(new X509Certificate(authority.certificate).raw);
  const parsed = parse(request);
  refuseWeak(parsed);
  const { commonName, organizations } = await readCertificateRequest(request);
  const contents = {
    subject: subjectName(commonName, organizations),
    issuer: issuer.name,
    notBefore: wanted.notBefore,
    notAfter: wanted.notAfter,
    publicKey: new Uint8Array(parsed.publicKey.rawData),
    extensions: [
      ...keyUsages(usages),
      ...(usages.includes('client auth') ? [extendedKeyUsage('client')] : []),
      basicConstraints(false),
      authorityKeyIdentifier(issuer),
      alternativeNames([{ uri: clusterUri(cluster) }]),
    ],
  };
  return signCertificate(contents, certificateSigner(authority.privateKey));
}

function refuseWeak({ publicKey }: x509.Pkcs10CertificateRequest): void {
  const key = createPublicKey({ key: Buffer.from(publicKey.rawData), format: 'der', type: 'spki' });
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < SHORTEST_RSA_BITS)
    throw new Error(`the key has ${bits} bits; RSA keys need ${SHORTEST_RSA_BITS}`);
}

function keyUsages(usages: readonly string[]): readonly Uint8Array[] {
  const wanted = [
    ...(usages.includes('digital signature') ? (['digitalSignature'] as const) : []),
    ...(usages.includes('key encipherment') ? (['keyEncipherment'] as const) : []),
  ];
  return wanted.length > 0 ? [keyUsage(...wanted)] : [];
}
