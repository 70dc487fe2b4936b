import type { Flow } from './fair-share.ts';
import { Rotation, type Costly, type Line } from './rotation.ts';

/** What waits in the queue. */
export interface Waiting extends Costly {
  readonly flow: Flow;
}

/** Which flows may not go on now, because they hold what they may hold already. */
export interface Holds {
  isClusterHeld(cluster: string): boolean;
  isUserHeld(flow: Flow): boolean;
}

/** The credit of a turn, in reads: small, so that who comes anew does not wait long. */
const QUANTUM = 4;

/** First come, first served. */
class Arrivals<T extends Waiting> implements Line<T> {
  readonly #items = new Set<T>();

  get size(): number {
    return this.#items.size;
  }

  add(item: T): void {
    this.#items.add(item);
  }

  head(): T | undefined {
    return this.#items.values().next().value;
  }

  take(item: T): void {
    this.#items.delete(item);
  }

  has(item: T): boolean {
    return this.#items.has(item);
  }
}

type Users<T extends Waiting> = Rotation<T, Arrivals<T>>;

/**
 * What waits, in the order in which it is fair to go on: logical clusters take turns, in each of them its users do. It holds
 * memory for what waits and nothing else; it has no bound of its own: who puts something in asks before.
 */
export class FairQueue<T extends Waiting> {
  readonly #holds: Holds;
  readonly #clusters: Rotation<T, Users<T>>;

  constructor(holds: Holds) {
    this.#holds = holds;
    this.#clusters = new Rotation(QUANTUM, (cluster) => holds.isClusterHeld(cluster));
  }

  get size(): number {
    return this.#clusters.size;
  }

  /** How many flows wait. */
  waitingIn({ cluster, user }: Flow): { readonly cluster: number; readonly user: number } {
    const users = this.#clusters.lineOf(cluster);
    return { cluster: users?.size ?? 0, user: users?.lineOf(user)?.size ?? 0 };
  }

  add(item: T): void {
    const { cluster, user } = item.flow;
    const users = this.#clusters.open(
      cluster,
      () => new Rotation(QUANTUM, (name) => this.#holds.isUserHeld({ cluster, user: name })),
    );
    users.open(user, () => new Arrivals()).add(item);
    users.added();
    this.#clusters.added();
  }

  /** What goes on next; undefined where nothing may. */
  head(): T | undefined {
    return this.#clusters.head();
  }

  /** Takes out what `head` just told. */
  take(item: T): void {
    this.#clusters.take(item);
  }

  /** Takes out what does not wait any longer; false where it is not there. */
  remove(item: T): boolean {
    const { cluster, user } = item.flow;
    const users = this.#clusters.lineOf(cluster);
    const line = users?.lineOf(user);
    if (users === undefined || line?.has(item) !== true) return false;
    line.take(item);
    users.removed(user);
    this.#clusters.removed(cluster);
    return true;
  }
}
