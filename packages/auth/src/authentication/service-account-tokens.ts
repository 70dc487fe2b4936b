import { timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { parseServiceAccountUsername, serviceAccountUser } from '../service-account.ts';
import { decodeBoundClaims, decodeClaims, decodeLegacyClaims, LEGACY_ISSUER } from '../tokens/decode-claims.ts';
import type { AccountClaims, TokenClaims } from '../tokens/decode-claims.ts';
import { isSignedBy, parseJwt } from '../tokens/jwt.ts';
import type { VerificationKey } from '../tokens/signing-key.ts';
import type { Authentication } from '../user.ts';
import { boundTokenEnd, legacyTokenEnd } from './account-lookup.ts';
import type { AccountLookup } from './account-lookup.ts';
import type { Bearer } from './bearer.ts';
import { NOBODY } from './combine.ts';
import { judgeLegacyToken, type LegacyTokenUse } from './legacy-token.ts';

/** Clocks differ by so much (go-jose's DefaultLeeway), in seconds. */
const LEEWAY = 60;

/** What tokens of service accounts are judged by. */
export interface ServiceAccountTokenOptions {
  /** All keys that may have signed; give the old ones too while their tokens live. */
  readonly keys: readonly VerificationKey[];
  /** The `iss` of bound tokens; tokens in Secrets have their own. */
  readonly issuers: readonly string[];
  /** The server's own audiences. */
  readonly audiences: readonly string[];
  readonly lookup: AccountLookup;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  /** How many tokens are kept verified. */
  readonly maxEntries?: number;
  /** Told of a token that is used although its bearer should have a newer one. */
  readonly onStale?: (subject: string, secondsLate: number) => void;
  /** Told of each use of a token that lives in a Secret; must not wait. */
  readonly onLegacyUse?: (use: LegacyTokenUse) => void;
}

/** A token whose signature and shape are right; whether it still counts is asked each time. */
interface Verified {
  readonly legacy: boolean;
  readonly claims: TokenClaims;
  readonly account: AccountClaims;
  /** The audiences that it shares with the server. */
  readonly own: readonly string[];
  readonly answer: Authentication;
}

/**
 * Knows service accounts by their tokens, in whatever logical cluster they live (pkg/serviceaccount JWTTokenAuthenticator).
 * Only the work on the signature is kept, by the token's digest; time, account and what the token is bound to are asked
 * about on every request.
 */
export function serviceAccountTokens(options: ServiceAccountTokenOptions): (bearer: Bearer) => Authentication {
  const verified = new LRUCache<string, Verified>({ max: options.maxEntries ?? 10_000 });
  return (bearer) => {
    let token = verified.get(bearer.digest);
    if (!token) {
      const fresh = verifyToken(bearer.token, options);
      if ('kind' in fresh) return fresh;
      token = fresh;
      verified.set(bearer.digest, token);
    }
    const why = refusal(token, bearer, options);
    if (why !== undefined) return { kind: 'refused', why };
    const answer = token.legacy ? judgeLegacyToken(token, options) : token.answer;
    if (bearer.audiences.length === 0 || answer.kind !== 'authenticated') return answer;
    return { ...answer, audiences: common(token, bearer.audiences, options.audiences) };
  };
}

function verifyToken(text: string, options: ServiceAccountTokenOptions): Verified | Authentication {
  const jwt = parseJwt(text);
  const claims = jwt && decodeClaims(jwt.payload);
  const legacy = claims?.issuer === LEGACY_ISSUER;
  if (!claims || (!legacy && !options.issuers.includes(claims.issuer))) return NOBODY;
  if (!isSignedBy(jwt, options.keys)) return { kind: 'refused', why: 'invalid signature' };
  const account = legacy ? decodeLegacyClaims(jwt.payload) : decodeBoundClaims(jwt.payload);
  if (!account) return { kind: 'refused', why: 'service account token claims could not be validated' };
  const subject = parseServiceAccountUsername(claims.subject);
  if (subject?.namespace !== account.namespace || subject.name !== account.account.name) {
    return { kind: 'refused', why: 'sub claim is invalid' };
  }
  const user = serviceAccountUser({
    ...subject,
    cluster: account.cluster,
    uid: account.account.uid,
    ...(claims.id && { tokenId: claims.id }),
    ...(account.pod && { pod: account.pod }),
    ...(account.node && { node: account.node }),
  });
  const own = legacy ? options.audiences : options.audiences.filter((audience) => claims.audiences.includes(audience));
  return { legacy, claims, account, own, answer: { kind: 'authenticated', user, audiences: own } };
}

function refusal(token: Verified, bearer: Bearer, options: ServiceAccountTokenOptions): string | undefined {
  const now = options.clock();
  const { claims, account } = token;
  if (claims.expires !== undefined && now / 1000 - LEEWAY > claims.expires) return 'service account token has expired';
  if (claims.notBefore !== undefined && now / 1000 + LEEWAY < claims.notBefore)
    return 'service account token is not valid yet';
  const wanted = bearer.audiences.length === 0 ? options.audiences : bearer.audiences;
  if (!hasAudience(token, bearer.audiences, options.audiences)) {
    const has = token.legacy ? options.audiences : claims.audiences;
    return `token audiences ${quoted(has)} is invalid for the target audiences ${quoted(wanted)}`;
  }
  const end = token.legacy
    ? legacyTokenEnd(account, options.lookup, { now, holds: (secret) => sameBytes(secret.token, bearer.token) })
    : boundTokenEnd(account, options.lookup, now);
  if (end === undefined && account.warnAfter !== undefined && now / 1000 > account.warnAfter) {
    options.onStale?.(claims.subject, Math.floor(now / 1000) - account.warnAfter);
  }
  return end;
}

function hasAudience(token: Verified, wanted: readonly string[], own: readonly string[]): boolean {
  return wanted.length === 0 ? token.own.length > 0 || own.length === 0 : common(token, wanted, own).length > 0;
}

function common(token: Verified, wanted: readonly string[], own: readonly string[]): readonly string[] {
  const has = token.legacy ? own : token.claims.audiences;
  return wanted.filter((audience) => has.includes(audience));
}

function sameBytes(stored: Uint8Array | undefined, shown: string): boolean {
  const bytes = Buffer.from(shown);
  return stored?.byteLength === bytes.byteLength && timingSafeEqual(stored, bytes);
}

function quoted(texts: readonly string[]): string {
  return `[${texts.map((text) => JSON.stringify(text)).join(' ')}]`;
}
