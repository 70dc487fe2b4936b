import type { Flow } from './fair-share.ts';

/** How much may be held. */
export interface HoldingLimits {
  readonly perUser: number;
  readonly perCluster: number;
  readonly total: number;
}

/** Whom it is too much for. */
export type Excess = 'user' | 'cluster' | 'total';

/** The part of all that is kept, beyond all, for logical clusters that hold nothing: others cannot shut them out. */
const RESERVE = 0.25;

/** Who holds how much of something: by logical cluster, by user in it, in all. Who holds nothing is not known. */
export class Holdings {
  readonly limits: HoldingLimits;
  readonly #clusters = new Map<string, { held: number; readonly users: Map<string, number> }>();
  #total = 0;

  constructor(limits: HoldingLimits) {
    this.limits = limits;
  }

  get total(): number {
    return this.#total;
  }

  /** How many logical clusters hold something. */
  get clusters(): number {
    return this.#clusters.size;
  }

  /** Whom the limit leaves no room for, if anybody. */
  excess({ cluster, user }: Flow): Excess | undefined {
    const known = this.#clusters.get(cluster);
    if (known === undefined) return this.#total < this.limits.total * (1 + RESERVE) ? undefined : 'total';
    if (this.#total >= this.limits.total) return 'total';
    if (known.held >= this.limits.perCluster) return 'cluster';
    return (known.users.get(user) ?? 0) >= this.limits.perUser ? 'user' : undefined;
  }

  /** True where no user of a logical cluster may take more. */
  isClusterFull(cluster: string): boolean {
    const held = this.#clusters.get(cluster)?.held ?? 0;
    if (held === 0) return this.#total >= this.limits.total * (1 + RESERVE);
    return held >= this.limits.perCluster || this.#total >= this.limits.total;
  }

  isUserFull({ cluster, user }: Flow): boolean {
    return (this.#clusters.get(cluster)?.users.get(user) ?? 0) >= this.limits.perUser;
  }

  take({ cluster, user }: Flow, amount: number): void {
    this.#total += amount;
    const known = this.#clusters.get(cluster);
    if (known === undefined) {
      this.#clusters.set(cluster, { held: amount, users: new Map([[user, amount]]) });
      return;
    }
    known.held += amount;
    known.users.set(user, (known.users.get(user) ?? 0) + amount);
  }

  giveBack({ cluster, user }: Flow, amount: number): void {
    const known = this.#clusters.get(cluster);
    const held = known?.users.get(user);
    if (known === undefined || held === undefined) throw new Error('what is given back was never taken');
    this.#total -= amount;
    known.held -= amount;
    if (known.held === 0) this.#clusters.delete(cluster);
    else if (held === amount) known.users.delete(user);
    else known.users.set(user, held - amount);
  }
}
