import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { NULL, oid, sequence } from './der.ts';

type Curve = { readonly hash: string; readonly algorithm: string };

/** How each curve's keys sign (RFC 5758). */
const CURVES: Readonly<Record<string, Curve>> = {
  prime256v1: { hash: 'sha256', algorithm: '1.2.840.10045.4.3.2' },
  secp384r1: { hash: 'sha384', algorithm: '1.2.840.10045.4.3.3' },
  secp521r1: { hash: 'sha512', algorithm: '1.2.840.10045.4.3.4' },
};

/** What certificates are signed with. */
export interface CertificateSigner {
  /** The algorithm of the signature, as certificates name it (DER). */
  readonly algorithm: Uint8Array;
  sign(data: Uint8Array): Promise<Uint8Array>;
}

const signAsync = promisify(sign);

/** Reads the key of an authority: ECDSA P-256, P-384 or P-521, RSA or Ed25519, in any PEM form. Throws Error for others. */
export function certificateSigner(privateKey: string | KeyObject): CertificateSigner {
  const key = typeof privateKey === 'string' ? createPrivateKey(privateKey) : privateKey;
  const { hash, algorithm } = algorithmOf(key);
  return { algorithm, sign: (data) => signAsync(hash, data, key) };
}

function algorithmOf(key: KeyObject): { readonly hash: string | null; readonly algorithm: Uint8Array } {
  // RFC 4055 wants the parameters to be there for RSA, RFC 5758 and 8410 want none for the others.
  if (key.asymmetricKeyType === 'rsa')
    return { hash: 'sha256', algorithm: sequence(oid('1.2.840.113549.1.1.11'), NULL) };
  if (key.asymmetricKeyType === 'ed25519') return { hash: null, algorithm: sequence(oid('1.3.101.112')) };
  const curve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''];
  if (curve) return { hash: curve.hash, algorithm: sequence(oid(curve.algorithm)) };
  throw new Error(
    `keys of type ${key.asymmetricKeyType} cannot sign certificates: ECDSA P-256, P-384, P-521, RSA, Ed25519`,
  );
}
