/** How many calls may be under way and waiting. */
export interface TurnstileLimits {
  /** Calls of one tenant under way. */
  readonly perTenant: number;
  /** Calls of one tenant that wait for their turn. */
  readonly queuePerTenant: number;
  /** Calls of all tenants, under way and waiting. */
  readonly total: number;
}

/** A turn that was given; `leave` gives it back, once. */
export interface Turn {
  leave(): void;
}

interface Lane {
  running: number;
  readonly waiting: Set<() => void>;
}

/** Lets calls through, so many a tenant at a time, first come first served. Knows only tenants with calls. */
export class Turnstile {
  readonly #limits: TurnstileLimits;
  readonly #lanes = new Map<string, Lane>();
  #total = 0;

  constructor(limits: TurnstileLimits) {
    this.#limits = limits;
  }

  /** Calls under way and waiting. */
  get total(): number {
    return this.#total;
  }

  /** Waits for a turn; undefined where too many are there already. Rejects with the signal's reason. */
  async enter(tenant: string, signal: AbortSignal): Promise<Turn | undefined> {
    const { perTenant, queuePerTenant, total } = this.#limits;
    if (this.#total >= total) return undefined;
    const lane = this.#lanes.get(tenant) ?? { running: 0, waiting: new Set() };
    if (lane.running >= perTenant && lane.waiting.size >= queuePerTenant) return undefined;
    this.#lanes.set(tenant, lane);
    this.#total += 1;
    if (lane.running < perTenant) {
      lane.running += 1;
    } else {
      await this.#wait(lane, signal);
    }
    let left = false;
    return {
      leave: () => {
        if (left) return;
        left = true;
        this.#leave(tenant, lane);
      },
    };
  }

  async #wait(lane: Lane, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const giveUp = (): void => {
      if (!lane.waiting.delete(resolve)) return;
      this.#total -= 1;
      reject(signal.reason as Error);
    };
    lane.waiting.add(resolve);
    signal.addEventListener('abort', giveUp);
    if (signal.aborted) giveUp();
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  #leave(tenant: string, lane: Lane): void {
    this.#total -= 1;
    const [next] = lane.waiting;
    if (next) {
      lane.waiting.delete(next);
      next();
      return;
    }
    lane.running -= 1;
    if (lane.running === 0) this.#lanes.delete(tenant);
  }
}
