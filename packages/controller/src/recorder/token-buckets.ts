/** How a bucket is filled. */
export interface BucketSettings {
  readonly burst: number;
  /** A token comes back in so many milliseconds. */
  readonly refillMs: number;
  /** The most buckets that are kept; the one that was used longest ago goes first, and is full when it comes back. */
  readonly limit: number;
}

interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** A token bucket for each key, of a bounded number of keys. */
export class TokenBuckets {
  readonly #settings: BucketSettings;
  readonly #buckets = new Map<string, Bucket>();

  constructor(settings: BucketSettings) {
    this.#settings = settings;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Takes a token; false where there is none. */
  take(key: string, now: number): boolean {
    const { burst, refillMs, limit } = this.#settings;
    const { tokens: before, at } = this.#buckets.get(key) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, before + Math.max(0, now - at) / refillMs);
    const isGiven = tokens >= 1;
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: isGiven ? tokens - 1 : tokens, at: now });
    const oldest = this.#buckets.keys().next();
    if (this.#buckets.size > limit && oldest.done !== true) this.#buckets.delete(oldest.value);
    return isGiven;
  }
}
