import { isArray, own, type Json, type JsonObject } from '@kcp/api-machinery';
import type { IssuerKeys, KeySet } from './issuer-keys.ts';
import { readToken, type UnverifiedToken } from './unverified-token.ts';

/** What a token is held against. */
export interface TokenRules {
  readonly keys: IssuerKeys;
  /** One of them must be among the token's. */
  readonly audiences: readonly string[];
  /** JOSE names; nothing symmetric, and never `none`. */
  readonly algorithms: readonly string[];
  /** Now, in milliseconds. */
  readonly clock: () => number;
}

/** A token that its issuer vouches for. */
export interface VerifiedToken {
  readonly claims: JsonObject;
  /** Milliseconds since 1970. */
  readonly expires: number;
  /** By which keys it was checked. */
  readonly keySet: KeySet;
}

/** The algorithms that may be asked for (RFC 7518 §3.1), as kube-apiserver allows them. */
export const SIGNING_ALGORITHMS = [
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
] as const;

/** How much earlier than its `nbf` a token counts, as go-oidc has it; none later than its `exp`. */
const EARLY_MS = 300_000;

/** Checks issuer's signature, audience and time of a token. Throws Error in go-oidc's words. */
export async function verifyToken(token: string, rules: TokenRules): Promise<VerifiedToken> {
  const unverified = readToken(token);
  if (!unverified) throw new Error('oidc: malformed jwt');
  const { claims, algorithm } = unverified;
  const audiences = audiencesOf(own(claims, 'aud'));
  if (!audiences.some((audience) => rules.audiences.includes(audience))) {
    throw new Error(`oidc: expected audience in ${shown(rules.audiences)} got ${shown(audiences)}`);
  }
  const expires = checkedTimes(claims, rules.clock());
  if (!rules.algorithms.includes(algorithm)) {
    throw new Error(
      `oidc: id token signed with unsupported algorithm, expected ${shown(rules.algorithms)} got ${JSON.stringify(algorithm)}`,
    );
  }
  return { claims, expires, keySet: await signingSet(token, unverified, rules.keys) };
}

async function signingSet(token: string, unverified: UnverifiedToken, keys: IssuerKeys): Promise<KeySet> {
  // Loaded with the first token: most servers have no issuer.
  const { isSigned } = await import('./signature.ts');
  const known = await keys.get();
  if (await isSigned(token, unverified, known.keys)) return known;
  const refreshed = await keys.refresh(known);
  if (refreshed && (await isSigned(token, unverified, refreshed.keys))) return refreshed;
  throw new Error('failed to verify signature: failed to verify id token signature');
}

function checkedTimes(claims: JsonObject, now: number): number {
  const expires = (numberOf(own(claims, 'exp')) ?? 0) * 1000;
  if (!(now < expires)) throw new Error(`oidc: token is expired (Token Expiry: ${timeOf(expires)})`);
  const notBefore = numberOf(own(claims, 'nbf'));
  if (notBefore !== undefined && now + EARLY_MS < notBefore * 1000) {
    throw new Error(`oidc: current time ${timeOf(now)} before the nbf (not before) time: ${timeOf(notBefore * 1000)}`);
  }
  return expires;
}

function numberOf(value: Json | undefined): number | undefined {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function timeOf(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? 'never' : date.toISOString();
}

function audiencesOf(value: Json | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  return value !== undefined && isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function shown(list: readonly string[]): string {
  return `[${list.map((item) => JSON.stringify(item)).join(' ')}]`;
}
