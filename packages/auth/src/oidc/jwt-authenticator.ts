import type { Logger } from '@kcp/telemetry';
import type { Outbound } from '@kcp/outbound';
import type { UserInfo } from '../user.ts';
import { userOfClaims } from './claims-to-user.ts';
import { distributedClaims, type ExpandedClaims } from './distributed-claims.ts';
import { IssuerKeys } from './issuer-keys.ts';
import type { JwtAuthenticatorPlan } from './validate-configuration.ts';
import { verifyToken, type TokenRules } from './verify-token.ts';
import type { JsonObject } from '@kcp/api-machinery';

/** What authenticators of JWTs work with. */
export interface JwtAuthenticatorParts {
  readonly outbound: Outbound;
  /** Whose outgoing calls these are. */
  readonly tenant: string;
  /** As long, in characters, an issuer's configuration and its key set may be at most; absent: as outgoing calls allow. */
  readonly longestDocument?: number;
  /** JOSE names. */
  readonly algorithms: readonly string[];
  /** Now, in milliseconds. */
  readonly clock: () => number;
  readonly logger: Logger;
}

/** A user, and how long the answer may be kept. */
export interface KnownToken {
  readonly user: UserInfo;
  /** Milliseconds since 1970. */
  readonly until: number;
  /** False once the issuer's keys have changed: then the token must be checked again. */
  isCurrent(): boolean;
}

/** Groups that were fetched from elsewhere are asked for again after this time. */
const FETCHED_MS = 10_000;

/** Believes one issuer. */
export class JwtAuthenticator {
  readonly plan: JwtAuthenticatorPlan;
  /** The issuer's keys: `get()` fetches them ahead of the first token. */
  readonly keys: IssuerKeys;
  readonly #rules: TokenRules;
  readonly #expand: ((claims: JsonObject) => Promise<ExpandedClaims>) | undefined;

  constructor(plan: JwtAuthenticatorPlan, parts: JwtAuthenticatorParts) {
    const { issuer, claimMappings } = plan.configuration;
    const { url, discoveryURL, certificateAuthority, audiences } = issuer;
    this.plan = plan;
    this.keys = new IssuerKeys({ ...parts, address: { url, discoveryURL, certificateAuthority } });
    this.#rules = { ...parts, keys: this.keys, audiences };
    const { claim } = claimMappings.groups;
    if (claim !== '') this.#expand = distributedClaims({ ...parts, audiences, certificateAuthority, claim });
  }

  get issuer(): string {
    return this.plan.configuration.issuer.url;
  }

  /** Whose a token of this issuer is. Throws Error with the reason for a refusal. */
  async authenticate(token: string): Promise<KnownToken> {
    const verified = await about('verify token', () => verifyToken(token, this.#rules));
    const { claims, expires, keySet } = verified;
    const expanded = this.#expand
      ? await about('could not expand distributed claims', async () => this.#expand?.(claims))
      : undefined;
    const user = userOfClaims(expanded?.claims ?? claims, this.plan);
    const until = expanded?.fetched ? Math.min(expires, this.#rules.clock() + FETCHED_MS) : expires;
    return { user, until, isCurrent: () => this.keys.current === keySet };
  }
}

async function about<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Error(`oidc: ${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
