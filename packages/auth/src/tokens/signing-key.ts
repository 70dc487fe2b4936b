import { createPrivateKey, createPublicKey, generateKeyPairSync, hash } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** How a token is signed (RFC 7518); decided by the key, never by the token. */
export type SignatureAlgorithm = 'ES256' | 'ES384' | 'ES512' | 'RS256';

/** A key that tokens are checked with. */
export interface VerificationKey {
  /** The key's id in token headers: SHA-256 of its public part, base64url (pkg/serviceaccount keyIDFromPublicKey). */
  readonly id: string;
  readonly algorithm: SignatureAlgorithm;
  readonly publicKey: KeyObject;
}

/** A key that tokens are signed with. */
export interface SigningKey extends VerificationKey {
  readonly privateKey: KeyObject;
}

const CURVES = new Map<string | undefined, SignatureAlgorithm>([
  ['prime256v1', 'ES256'],
  ['secp384r1', 'ES384'],
  ['secp521r1', 'ES512'],
]);
const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g;

/** A new ECDSA P-256 key as PEM (PKCS #8). */
export function generateSigningKeyPem(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Reads a private key: ECDSA P-256, P-384, P-521 or RSA. Throws Error where the text holds none or one of another kind. */
export function loadSigningKey(pem: string): SigningKey {
  const privateKey = createPrivateKey(pem);
  return { ...verificationKey(createPublicKey(privateKey)), privateKey };
}

/** Reads every key of a PEM file (public keys, private keys, certificates) as keys to check with. Throws Error where it holds none. */
export function loadVerificationKeys(pem: string): readonly VerificationKey[] {
  const blocks = [...pem.matchAll(BLOCK)].filter(([, label]) => label !== 'EC PARAMETERS');
  if (blocks.length === 0) throw new Error('the file holds no PEM encoded key');
  return blocks.map(([block]) => verificationKey(createPublicKey(block)));
}

function verificationKey(publicKey: KeyObject): VerificationKey {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return { id: hash('sha256', der, 'base64url'), algorithm: algorithmOf(publicKey), publicKey };
}

function algorithmOf(key: KeyObject): SignatureAlgorithm {
  if (key.asymmetricKeyType === 'rsa') return 'RS256';
  const algorithm = key.asymmetricKeyType === 'ec' ? CURVES.get(key.asymmetricKeyDetails?.namedCurve) : undefined;
  if (!algorithm)
    throw new Error(`keys of type ${key.asymmetricKeyType} are not supported: ECDSA P-256, P-384, P-521 or RSA`);
  return algorithm;
}
