import { compactVerify, importJWK, type JWK } from 'jose';
import { own, type JsonObject } from '@kcp/api-machinery';
import type { UnverifiedToken } from './unverified-token.ts';

/** More keys than this are not tried for one token. */
const MAX_CANDIDATES = 32;

const FAMILIES: Readonly<Record<string, string>> = { RS: 'RSA', PS: 'RSA', ES: 'EC' };

/** True where one of the keys signed the token: the one that it names, any where it names none. */
export async function isSigned(
  token: string,
  unverified: UnverifiedToken,
  keys: readonly JsonObject[],
): Promise<boolean> {
  const fitting = keys.filter((key) => fits(key, unverified)).slice(0, MAX_CANDIDATES);
  for (const key of fitting) {
    if (await isSignedBy(token, unverified.algorithm, key)) return true;
  }
  return false;
}

/** A key's own limits: its family, what it is for, which algorithm it is for. Symmetric keys fit nothing. */
function fits(key: JsonObject, { algorithm, keyId }: UnverifiedToken): boolean {
  const [kid, use, alg] = [own(key, 'kid'), own(key, 'use'), own(key, 'alg')];
  if (keyId !== '' && kid !== keyId) return false;
  if (use !== undefined && use !== 'sig') return false;
  if (alg !== undefined && alg !== algorithm) return false;
  return own(key, 'kty') === FAMILIES[algorithm.slice(0, 2)];
}

async function isSignedBy(token: string, algorithm: string, key: JsonObject): Promise<boolean> {
  try {
    const { d: _private, ...publicPart } = key;
    const imported = await importJWK(publicPart as JWK, algorithm);
    await compactVerify(token, imported, { algorithms: [algorithm] });
    return true;
  } catch {
    // A key that is none, or too weak, or of another curve, signed nothing.
    return false;
  }
}
