import { LRUCache } from 'lru-cache';
import type { JsonObject } from '@kcp/api-machinery';
import type { Logger } from '@kcp/telemetry';
import type { Bearer, TokenAuthenticator } from '../authentication/bearer.ts';
import { NOBODY } from '../authentication/combine.ts';
import type { Authentication, UserInfo } from '../user.ts';
import { postReview, type ReviewCalls } from './post-review.ts';
import { flagIn, objectIn, textIn, textsIn } from './status-fields.ts';

/** What tokens are asked about with. */
export interface TokenWebhookOptions extends ReviewCalls {
  readonly version: 'v1' | 'v1beta1';
  /** The server's own audiences. */
  readonly audiences: readonly string[];
  /** How long an answer is remembered, in milliseconds; 0: not at all. */
  readonly cacheMs: number;
  /** How many answers are remembered. */
  readonly maxEntries?: number;
  readonly logger: Logger;
}

interface Remembered {
  readonly answer: Authentication;
  readonly until: number;
}

/**
 * Asks a server whose a token is (authenticator/token/webhook, token/cache). Answers, also `not authenticated`, are remembered
 * by the token's digest; errors are not. One question a token is under way at a time.
 */
export function tokenWebhook(options: TokenWebhookOptions): TokenAuthenticator {
  const remembered = new LRUCache<string, Remembered>({ max: options.maxEntries ?? 16_384 });
  const asking = new Map<string, Promise<Authentication>>();
  const { clock, cacheMs, logger } = options;
  const ask = async (bearer: Bearer, key: string): Promise<Authentication> => {
    try {
      const { answer, isError } = await reviewed(bearer, options);
      if (cacheMs > 0 && !isError) remembered.set(key, { answer, until: clock() + cacheMs });
      return answer;
    } catch (error) {
      logger.error('the token webhook failed', { error, url: options.endpoint.url });
      return { kind: 'refused', why: error instanceof Error ? error.message : String(error) };
    }
  };
  return (bearer) => {
    const key = JSON.stringify([bearer.digest, ...bearer.audiences]);
    const known = remembered.get(key);
    if (known && known.until > clock()) return known.answer;
    const underway = asking.get(key);
    if (underway) return underway;
    const answer = ask(bearer, key).finally(() => asking.delete(key));
    asking.set(key, answer);
    return answer;
  };
}

interface Reviewed {
  readonly answer: Authentication;
  /** True where the webhook said why it could not tell: that is not remembered. */
  readonly isError: boolean;
}

async function reviewed({ token, audiences }: Bearer, options: TokenWebhookOptions): Promise<Reviewed> {
  const wanted = audiences.length > 0 ? audiences : options.audiences;
  const spec = { token, ...(wanted.length > 0 && { audiences: wanted }) };
  const review = { apiVersion: `authentication.k8s.io/${options.version}`, kind: 'TokenReview', spec };
  const status = await postReview(review, options);
  const stated = textsIn(status, 'audiences');
  const has = stated.length > 0 ? stated : options.audiences;
  const common = wanted.filter((audience) => has.includes(audience));
  if (wanted.length > 0 && common.length === 0) return { answer: NOBODY, isError: false };
  if (!flagIn(status, 'authenticated')) {
    const why = textIn(status, 'error');
    return why === '' ? { answer: NOBODY, isError: false } : { answer: { kind: 'refused', why }, isError: true };
  }
  const user = userOf(objectIn(status, 'user'));
  return {
    answer: { kind: 'authenticated', user, ...(audiences.length > 0 && { audiences: common }) },
    isError: false,
  };
}

function userOf(user: JsonObject): UserInfo {
  const extra = objectIn(user, 'extra');
  return {
    name: textIn(user, 'username'),
    uid: textIn(user, 'uid'),
    groups: textsIn(user, 'groups'),
    extra: Object.fromEntries(Object.keys(extra).map((key) => [key, textsIn(extra, key)])),
  };
}
