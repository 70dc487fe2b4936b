import { timingSafeEqual } from 'node:crypto';
import type { Authentication, UserInfo } from '../user.ts';
import type { Bearer } from './bearer.ts';
import { NOBODY } from './combine.ts';

/** A user whose token is not kept, only its SHA-256. */
export interface HashedToken {
  /** 32 bytes. */
  readonly hash: Uint8Array;
  readonly user: UserInfo;
}

/** Knows users by the SHA-256 of their tokens: the administrators of admin.kubeconfig. Throws TypeError for a hash of another length. */
export function bearerTokenHash(...tokens: readonly HashedToken[]): (bearer: Bearer) => Authentication {
  const known = tokens.map(({ hash, user }) => {
    if (hash.byteLength !== 32) throw new TypeError(`a SHA-256 hash has 32 bytes, this one ${hash.byteLength}`);
    const answer: Authentication = { kind: 'authenticated', user };
    return { hash: Uint8Array.from(hash), answer };
  });
  return ({ digest }) => {
    const shown = Buffer.from(digest, 'base64');
    let found = NOBODY;
    for (const { hash, answer } of known) {
      if (timingSafeEqual(shown, hash)) found = answer;
    }
    return found;
  };
}
