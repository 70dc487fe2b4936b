import { sign, verify } from 'node:crypto';
import { isObject, own, parseJson, stringifyJson } from '@kcp/api-machinery';
import type { JsonObject } from '@kcp/api-machinery';
import type { SignatureAlgorithm, SigningKey, VerificationKey } from './signing-key.ts';

/** A token taken apart. Nothing of it is trusted before its signature was checked. */
export interface UnverifiedJwt {
  readonly algorithm: string;
  readonly keyId: string | undefined;
  readonly payload: JsonObject;
  /** What the signature is over. */
  readonly signed: string;
  readonly signature: Uint8Array;
}

/** No token that we sign comes near it. */
const MAX_LENGTH = 16_384;
const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;
const DIGESTS: Record<SignatureAlgorithm, string> = {
  ES256: 'sha256',
  ES384: 'sha384',
  ES512: 'sha512',
  RS256: 'sha256',
};

/** Takes a token in compact form apart; undefined where the text is none. */
export function parseJwt(token: string): UnverifiedJwt | undefined {
  const match = token.length <= MAX_LENGTH ? COMPACT.exec(token) : null;
  if (!match) return undefined;
  const [, head = '', body = '', tail = ''] = match;
  const header = decodePart(head);
  const payload = decodePart(body);
  const signature = Buffer.from(tail, 'base64url');
  if (!header || !payload || signature.toString('base64url') !== tail) return undefined;
  const algorithm = own(header, 'alg');
  const keyId = own(header, 'kid');
  // A header that must be understood (RFC 7515 "crit") is one that we do not.
  if (typeof algorithm !== 'string' || Object.hasOwn(header, 'crit')) return undefined;
  return {
    algorithm,
    keyId: typeof keyId === 'string' ? keyId : undefined,
    payload,
    signed: `${head}.${body}`,
    signature,
  };
}

function decodePart(part: string): JsonObject | undefined {
  try {
    const value = parseJson(Buffer.from(part, 'base64url').toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** True where one of the keys signed the token: the one that it names, or any where it names none. */
export function isSignedBy(jwt: UnverifiedJwt, keys: readonly VerificationKey[]): boolean {
  return keys.some((key) => (jwt.keyId === undefined || jwt.keyId === key.id) && isSignedByKey(jwt, key));
}

function isSignedByKey(jwt: UnverifiedJwt, key: VerificationKey): boolean {
  if (jwt.algorithm !== key.algorithm) return false;
  const options = { key: key.publicKey, dsaEncoding: 'ieee-p1363' } as const;
  return verify(DIGESTS[key.algorithm], Buffer.from(jwt.signed), options, jwt.signature);
}

/** Signs claims: a token in compact form. */
export function signJwt(claims: JsonObject, key: SigningKey): string {
  const header = encodePart({ alg: key.algorithm, kid: key.id });
  const signed = `${header}.${encodePart(claims)}`;
  const options = { key: key.privateKey, dsaEncoding: 'ieee-p1363' } as const;
  return `${signed}.${sign(DIGESTS[key.algorithm], Buffer.from(signed), options).toString('base64url')}`;
}

function encodePart(part: JsonObject): string {
  return Buffer.from(stringifyJson(part)).toString('base64url');
}
