import type { JsonObject } from '@kcp/api-machinery';
import type { Logger } from '@kcp/telemetry';
import { fetchKeys, type IssuerAddress, type IssuerCalls } from './issuer-client.ts';

/** What the keys of an issuer need. */
export interface IssuerKeysOptions extends IssuerCalls {
  readonly address: IssuerAddress;
  /** Now, in milliseconds. */
  readonly clock: () => number;
  readonly logger: Logger;
}

/** The keys of an issuer as of one fetch. */
export interface KeySet {
  readonly keys: readonly JsonObject[];
  /** Other than that of all earlier sets. */
  readonly generation: number;
}

/** How long a failed fetch keeps the next one from being tried: twice as long each time, within these bounds. */
const FIRST_BACKOFF_MS = 500;
const LAST_BACKOFF_MS = 30_000;
/** Tokens with keys that nobody knows cause no more fetches than one in this time. */
const REFRESH_MS = 10_000;
/** Keys older than this are fetched anew when they are next used, so that one that was withdrawn is noticed. */
const STALE_MS = 3_600_000;

/**
 * The keys of one issuer: fetched when first asked for, once for all who ask meanwhile, again where a token needs another one.
 * No timer runs: what is not used costs nothing.
 */
export class IssuerKeys {
  readonly #options: IssuerKeysOptions;
  #current: KeySet | undefined;
  #fetching: Promise<KeySet> | undefined;
  #fetchedAt = -Infinity;
  #triedAt = -Infinity;
  #backoffMs = 0;
  #generation = 0;

  constructor(options: IssuerKeysOptions) {
    this.#options = options;
  }

  /** The set as it is at hand; undefined before the first fetch. */
  get current(): KeySet | undefined {
    return this.#current;
  }

  /** In how many milliseconds a failed fetch may be tried again; 0 where it may now. */
  get waitMs(): number {
    return Math.max(0, this.#triedAt + this.#backoffMs - this.#options.clock());
  }

  /** The set; fetched where there is none. Throws Error where the issuer does not answer, at once while it has lately not answered. */
  async get(): Promise<KeySet> {
    const { clock } = this.#options;
    if (!this.#current) return this.#fetch();
    if (clock() - this.#fetchedAt > STALE_MS && this.waitMs === 0) this.#fetch().catch(() => {});
    return this.#current;
  }

  /** The set after another fetch; undefined where that is too early or failed, or it is the same as before. */
  async refresh(known: KeySet): Promise<KeySet | undefined> {
    if (this.#current && this.#current !== known) return this.#current;
    const fresh = this.#fetching !== undefined || this.#options.clock() - this.#triedAt >= REFRESH_MS;
    if (!fresh) return undefined;
    try {
      const next = await this.#fetch();
      return next === known ? undefined : next;
    } catch {
      return undefined;
    }
  }

  #fetch(): Promise<KeySet> {
    this.#fetching ??= this.#fetchOnce().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #fetchOnce(): Promise<KeySet> {
    const { address, clock, logger } = this.#options;
    if (this.waitMs > 0) throw new Error('oidc: authenticator not initialized');
    this.#triedAt = clock();
    try {
      const keys = await fetchKeys(address, this.#options);
      this.#backoffMs = 0;
      this.#fetchedAt = clock();
      return this.#keep(keys);
    } catch (error) {
      this.#backoffMs = Math.min(Math.max(FIRST_BACKOFF_MS, this.#backoffMs * 2), LAST_BACKOFF_MS);
      logger.error('oidc: the keys of an issuer cannot be fetched', {
        issuer: address.url,
        error,
        nextTryInMs: this.#backoffMs,
      });
      throw error;
    }
  }

  #keep(keys: readonly JsonObject[]): KeySet {
    const same = this.#current !== undefined && JSON.stringify(keys) === JSON.stringify(this.#current.keys);
    if (this.#current && same) return this.#current;
    this.#generation += 1;
    this.#current = { keys, generation: this.#generation };
    this.#options.logger.info('oidc: keys fetched', { issuer: this.#options.address.url, keys: keys.length });
    return this.#current;
  }
}
