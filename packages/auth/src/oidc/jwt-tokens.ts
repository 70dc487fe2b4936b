import { LRUCache } from 'lru-cache';
import { own } from '@kcp/api-machinery';
import { silentMeter, type Histogram, type Meter } from '@kcp/telemetry';
import type { Bearer, TokenAuthenticator } from '../authentication/bearer.ts';
import { NOBODY } from '../authentication/combine.ts';
import type { Authentication, UserInfo } from '../user.ts';
import { confinedUser } from './confined-user.ts';
import type { IssuerKeys } from './issuer-keys.ts';
import { JwtAuthenticator, type JwtAuthenticatorParts, type KnownToken } from './jwt-authenticator.ts';
import { readToken } from './unverified-token.ts';
import type { JwtAuthenticatorPlan } from './validate-configuration.ts';

/** What a set of issuers is believed with. */
export interface JwtTokensOptions extends JwtAuthenticatorParts {
  /** The server's own audiences, in whose name such a token counts for token reviews. */
  readonly apiAudiences: readonly string[];
  /** True for issuers that tenants choose: users and groups of `system:` and extras of this server are not theirs to give. */
  readonly confined?: boolean;
  /** How much of verified tokens may be remembered, in bytes of tokens. */
  readonly cacheBytes?: number;
  /**
   * Waits so many milliseconds, less where the signal aborts. With it keys are fetched ahead of the first token, and again after a
   * failure: for a few issuers that are there to stay.
   */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly meter?: Meter;
}

/** Tokens of configured issuers, by whichever of them it was issued. */
export interface JwtTokens extends Disposable {
  /** Knows the tokens that were verified before; never waits. For the place in front of slower authenticators. */
  readonly remembered: TokenAuthenticator;
  readonly authenticate: TokenAuthenticator;
  /** The issuers from now on; what was verified for others is forgotten. */
  replace(plans: readonly JwtAuthenticatorPlan[]): void;
}

interface Remembered {
  readonly answer: Extract<Authentication, { kind: 'authenticated' }>;
  readonly known: KnownToken;
}

const CACHE_BYTES = 16 * 1024 * 1024;
/** Google's tokens name their issuer without the scheme (OpenID Connect Core §15.6.2). */
const GOOGLE = 'accounts.google.com';

/** Believes issuers: the token says which one, that one's authenticator looks at it. */
export function jwtTokens(plans: readonly JwtAuthenticatorPlan[], options: JwtTokensOptions): JwtTokens {
  return new TokensOfIssuers(plans, options);
}

class TokensOfIssuers implements JwtTokens {
  readonly #options: JwtTokensOptions;
  readonly #latency: Histogram;
  #byIssuer: ReadonlyMap<string, JwtAuthenticator> = new Map();
  #verified: LRUCache<string, Remembered>;
  #ahead = new AbortController();
  #checking = new Map<string, Promise<Authentication>>();

  constructor(plans: readonly JwtAuthenticatorPlan[], options: JwtTokensOptions) {
    this.#options = options;
    this.#latency = (options.meter ?? silentMeter).histogram({
      name: 'apiserver_authentication_jwt_authenticator_latency_seconds',
      help: 'How long checking a token of a configured issuer took, by result.',
      labels: ['result'],
      buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    });
    this.#verified = this.#emptyCache();
    this.replace(plans);
  }

  [Symbol.dispose](): void {
    this.#ahead.abort();
  }

  replace(plans: readonly JwtAuthenticatorPlan[]): void {
    const authenticators = plans.map((plan) => new JwtAuthenticator(plan, this.#options));
    this.#byIssuer = new Map(authenticators.map((each) => [each.issuer, each]));
    this.#verified = this.#emptyCache();
    this.#checking = new Map();
    this.#ahead.abort();
    this.#ahead = new AbortController();
    for (const { keys } of authenticators) void this.#fetchAhead(keys, this.#ahead.signal);
  }

  async #fetchAhead(keys: IssuerKeys, signal: AbortSignal): Promise<void> {
    const { wait } = this.#options;
    if (!wait) return;
    while (!signal.aborted && !keys.current) {
      // What went wrong is logged where it does.
      await keys.get().catch(() => undefined);
      if (!keys.current) await wait(Math.max(keys.waitMs, 1), signal);
    }
  }

  readonly remembered: TokenAuthenticator = (bearer) => {
    const found = this.#verified.get(bearer.digest);
    if (!found) return NOBODY;
    if (found.known.until > this.#options.clock() && found.known.isCurrent())
      return this.#forAudiences(found.answer, bearer);
    this.#verified.delete(bearer.digest);
    return NOBODY;
  };

  readonly authenticate: TokenAuthenticator = (bearer) => {
    const remembered = this.remembered(bearer);
    if (remembered instanceof Promise || remembered.kind === 'authenticated') return remembered;
    const authenticator = this.#byIssuer.size === 0 ? undefined : this.#issuerOf(bearer.token);
    if (!authenticator) return NOBODY;
    return this.#checkOnce(bearer, authenticator).then((answer) => this.#forAudiences(answer, bearer));
  };

  #issuerOf(token: string): JwtAuthenticator | undefined {
    const issuer = own(readToken(token)?.claims ?? {}, 'iss');
    if (typeof issuer !== 'string') return undefined;
    return this.#byIssuer.get(issuer === GOOGLE ? `https://${GOOGLE}` : issuer);
  }

  /** Many requests with one new token check it once. */
  #checkOnce(bearer: Bearer, authenticator: JwtAuthenticator): Promise<Authentication> {
    const checking = this.#checking;
    const underway = checking.get(bearer.digest);
    if (underway) return underway;
    const check = this.#check(bearer, authenticator).finally(() => checking.delete(bearer.digest));
    checking.set(bearer.digest, check);
    return check;
  }

  async #check({ token, digest }: Bearer, authenticator: JwtAuthenticator): Promise<Authentication> {
    const { clock, confined, logger } = this.#options;
    const verified = this.#verified;
    const started = clock();
    const took = (result: string): void => this.#latency.observe((clock() - started) / 1000, { result });
    try {
      const known = await authenticator.authenticate(token);
      const user: UserInfo = confined ? confinedUser(known.user) : known.user;
      const answer: Remembered['answer'] = { kind: 'authenticated', user };
      verified.set(digest, { answer, known }, { size: token.length });
      took('success');
      return answer;
    } catch (error) {
      took('failure');
      const why = error instanceof Error ? error.message : String(error);
      logger.debug('oidc: a token is refused', { issuer: authenticator.issuer, why });
      return { kind: 'refused', why };
    }
  }

  /** The token's audience was the issuer's client; towards others it counts for the server's own audiences. */
  #forAudiences(answer: Authentication, { audiences }: Bearer): Authentication {
    if (answer.kind !== 'authenticated' || audiences.length === 0) return answer;
    const common = audiences.filter((audience) => this.#options.apiAudiences.includes(audience));
    return common.length === 0 ? NOBODY : { ...answer, audiences: common };
  }

  #emptyCache(): LRUCache<string, Remembered> {
    return new LRUCache({ maxSize: this.#options.cacheBytes ?? CACHE_BYTES });
  }
}
