import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** A private key, and a request for a certificate with it; both PEM. */
export interface KeyAndRequest {
  readonly key: string;
  readonly request: string;
}

/** What `openssl req -new` makes: a new P-256 key and a request for a subject such as `O=team, CN=jane`. */
export async function certificateRequest(subject: string): Promise<KeyAndRequest> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const made = await x509.Pkcs10CertificateRequestGenerator.create({
    name: subject,
    keys,
    signingAlgorithm: ALGORITHM,
  });
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    key: `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`,
    request: `${made.toString('pem')}\n`,
  };
}
