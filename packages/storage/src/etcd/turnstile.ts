/** What a commit is let through with: what it writes, and what else it depends on. */
export interface Passage {
  readonly writes: readonly string[];
  readonly reads: readonly string[];
}

/** Who is to be waited for because of a key. */
interface Claims {
  writer: Promise<void> | undefined;
  /** Those that depend on the key since that write was asked for. */
  readonly readers: Set<Promise<void>>;
}

/**
 * Lets a bounded number of commits through at a time. What writes a key waits for all that write it or depend on it and came before, what depends on it for those that write it: so commits are decided
 * in the order in which they were asked for, wherever that makes a difference.
 */
export class Turnstile {
  readonly #limit: number;
  readonly #claims = new Map<string, Claims>();
  readonly #waiting: (() => void)[] = [];
  #inside = 0;
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many wait or are inside. */
  get held(): number {
    return this.#held;
  }

  /** Does the work when it is its turn. */
  async pass<T>(passage: Passage, work: () => Promise<T>): Promise<T> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const earlier = this.#claim(passage, promise);
    this.#held += 1;
    try {
      if (earlier.length > 0) await Promise.all(earlier);
      await this.#enter();
      try {
        return await work();
      } finally {
        this.#leave();
      }
    } finally {
      this.#held -= 1;
      this.#release(passage, promise);
      resolve();
    }
  }

  /** Enters the claims and gives those before them. */
  #claim({ writes, reads }: Passage, own: Promise<void>): Promise<void>[] {
    const earlier: Promise<void>[] = [];
    for (const key of reads) {
      const claims = this.#of(key);
      if (claims.writer !== undefined) earlier.push(claims.writer);
      claims.readers.add(own);
    }
    for (const key of writes) {
      const claims = this.#of(key);
      if (claims.writer !== undefined) earlier.push(claims.writer);
      for (const reader of claims.readers) if (reader !== own) earlier.push(reader);
      claims.readers.clear();
      claims.writer = own;
    }
    return earlier;
  }

  #of(key: string): Claims {
    const known = this.#claims.get(key);
    if (known !== undefined) return known;
    const claims: Claims = { writer: undefined, readers: new Set() };
    this.#claims.set(key, claims);
    return claims;
  }

  #release({ writes, reads }: Passage, own: Promise<void>): void {
    for (const key of [...writes, ...reads]) {
      const claims = this.#claims.get(key);
      if (claims === undefined) continue;
      claims.readers.delete(own);
      if (claims.writer === own) claims.writer = undefined;
      if (claims.writer === undefined && claims.readers.size === 0) this.#claims.delete(key);
    }
  }

  #enter(): Promise<void> | undefined {
    if (this.#inside < this.#limit) {
      this.#inside += 1;
      return undefined;
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#inside -= 1;
    else next();
  }
}
