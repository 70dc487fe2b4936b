/** How often something may happen. */
export interface Rate {
  readonly perSecond: number;
  /** How often at once after a pause. */
  readonly burst: number;
}

/** Shares out how often something may happen over time. Time comes in as an argument, in milliseconds. */
export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #at: number;

  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#at = now;
  }

  /** Takes a token and gives 0, or takes none and gives the milliseconds until there is one. */
  take(now: number): number {
    const { perSecond, burst } = this.#rate;
    this.#tokens = Math.min(burst, this.#tokens + (Math.max(0, now - this.#at) * perSecond) / 1000);
    this.#at = now;
    // what is missing by the rounding of doubles is there
    if (this.#tokens > 1 - 1e-9) {
      this.#tokens -= 1;
      return 0;
    }
    return Math.ceil(((1 - this.#tokens) * 1000) / perSecond);
  }
}
