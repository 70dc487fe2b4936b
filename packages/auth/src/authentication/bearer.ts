import { hash } from 'node:crypto';
import type { AuthorizationScope } from '../authorization-scope.ts';
import type { Authentication, Authenticator, Credentials } from '../user.ts';
import { aggregate, firstToKnow, NOBODY } from './combine.ts';

/** A token longer than this is nobody's. */
const MAX_TOKEN_LENGTH = 65_536;
const INVALID = 'invalid bearer token';
const NO_AUDIENCES: readonly string[] = [];

/** A bearer token as token authenticators see it. */
export interface Bearer {
  readonly token: string;
  /** SHA-256 of the token, base64: what secrets are compared and remembered by, never by themselves. */
  readonly digest: string;
  /** The audiences that the token must be for; empty means the server's own. */
  readonly audiences: readonly string[];
  /** Where the request goes that shows the token. */
  readonly cluster?: AuthorizationScope;
}

/** Says whose token it is. */
export type TokenAuthenticator = (bearer: Bearer) => Authentication | Promise<Authentication>;

/** SHA-256 of a token, base64. Comparing digests tells a clock nothing about the secret. */
export function tokenDigest(token: string): string {
  return hash('sha256', token, 'base64');
}

/**
 * The token of an Authorization header; undefined where it has none. The scheme is case-insensitive, what follows the token
 * after a space is ignored (authentication/request/bearertoken).
 */
export function parseBearer(authorization: string | undefined): string | undefined {
  const [scheme = '', token = ''] = authorization?.trim().split(' ', 2) ?? [];
  return scheme.toLowerCase() === 'bearer' && token !== '' ? token : undefined;
}

/** Asks token authenticators in turn. A token that nobody knows is refused; without a token there is no answer. */
export function bearerTokens(...authenticators: readonly TokenAuthenticator[]): Authenticator {
  const ask = firstToKnow<Bearer>(authenticators);
  return (credentials: Credentials) => {
    const { token, audiences, cluster } = credentials;
    if (!token) return NOBODY;
    if (token.length > MAX_TOKEN_LENGTH) return refusal(NOBODY);
    const answer = ask({
      token,
      digest: tokenDigest(token),
      audiences: audiences ?? NO_AUDIENCES,
      ...(cluster !== undefined && { cluster }),
    });
    if (answer instanceof Promise) return answer.then(refusal);
    return answer.kind === 'authenticated' ? answer : refusal(answer);
  };
}

function refusal(answer: Authentication): Authentication {
  if (answer.kind === 'authenticated') return answer;
  if (answer.kind === 'none') return { kind: 'refused', why: INVALID };
  const { why, facts } = answer;
  return { kind: 'refused', why: aggregate([INVALID, why]), ...(facts && { facts }) };
}

/**
 * For authenticators that know nothing of audiences: they count for the server's own ones only
 * (authentication/authenticator.WrapAudienceAgnosticToken).
 */
export function forAudiences(own: readonly string[], authenticator: TokenAuthenticator): TokenAuthenticator {
  const settle = (answer: Authentication, audiences: readonly string[]): Authentication =>
    answer.kind === 'authenticated' ? { ...answer, audiences } : answer;
  return (bearer) => {
    if (bearer.audiences.length === 0) return authenticator(bearer);
    const common = bearer.audiences.filter((audience) => own.includes(audience));
    if (common.length === 0) return NOBODY;
    const answer = authenticator(bearer);
    return answer instanceof Promise ? answer.then((late) => settle(late, common)) : settle(answer, common);
  };
}
