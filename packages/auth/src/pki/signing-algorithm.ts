import { createPrivateKey, webcrypto, type KeyObject } from 'node:crypto';
import type * as x509 from '@peculiar/x509';

/** What our own keys are: ECDSA P-256 (RFC 5758). */
export const OWN_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

type ImportAlgorithm = { readonly name: string; readonly namedCurve?: string; readonly hash?: string };

const CURVES: Readonly<Record<string, ImportAlgorithm>> = {
  prime256v1: OWN_ALGORITHM,
  secp384r1: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
  secp521r1: { name: 'ECDSA', namedCurve: 'P-521', hash: 'SHA-512' },
};

/** A private key as certificates are signed with it, and the algorithm of the signature. */
export interface CertificateSigner {
  readonly key: webcrypto.CryptoKey;
  readonly algorithm: x509.X509CertificateCreateParams['signingAlgorithm'];
}

/** Reads the key of an authority: ECDSA P-256, P-384 or P-521, RSA or Ed25519, in any PEM form. Throws Error for others. */
export async function certificateSigner(privateKey: string): Promise<CertificateSigner> {
  const key = createPrivateKey(privateKey);
  const algorithm = algorithmOf(key);
  const der = Uint8Array.from(key.export({ type: 'pkcs8', format: 'der' }));
  return { key: await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']), algorithm };
}

function algorithmOf(key: KeyObject): ImportAlgorithm {
  if (key.asymmetricKeyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  if (key.asymmetricKeyType === 'ed25519') return { name: 'Ed25519' };
  const curve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''];
  if (curve) return curve;
  throw new Error(
    `keys of type ${key.asymmetricKeyType} cannot sign certificates: ECDSA P-256, P-384, P-521, RSA, Ed25519`,
  );
}
