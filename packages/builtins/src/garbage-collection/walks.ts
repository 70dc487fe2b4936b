import { setImmediate as turn } from 'node:timers/promises';
import type { ReconcileKey } from '@kcp/controller';
import { identityOf } from '@kcp/controller';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Dependant, ObjectReader } from '@kcp/object-store';

/** Dependants dealt with at a time: their commits reach the disk together, and the event loop turns between two such lots. */
const TOGETHER = 25;

/** Dependants dealt with in one call of reconcile; then the owners that wait have their turn. */
const STEP = 500;

/** Above so many walks under way places are forgotten: those walks begin anew. */
const PLACES = 10_000;

/** Where a walk over an owner's dependants goes on. */
interface Place {
  /** What the walk is for; with another purpose it begins anew. */
  readonly purpose: string;
  readonly after: string;
  readonly failures: readonly unknown[];
}

/** A step of a walk. */
export interface StepOptions {
  /** Whose reconcile this is. */
  readonly key: ReconcileKey;
  readonly purpose: string;
  readonly owner: { readonly cluster: LogicalCluster; readonly uid: string };
  readonly signal: AbortSignal;
  readonly each: (dependant: Dependant) => Promise<void>;
}

/**
 * Walks over the dependants of owners, in steps. Only the places of walks under way are kept in memory: after a crash the key comes
 * again and its walk begins anew, past what is already done.
 */
export class Walks {
  readonly #store: ObjectReader;
  readonly #places = new Map<string, Place>();
  readonly #active = new Set<string>();

  constructor(store: ObjectReader) {
    this.#store = store;
  }

  /** True between the first step of a walk and its end. */
  isUnderWay(key: ReconcileKey): boolean {
    const identity = identityOf(key);
    return this.#active.has(identity) || this.#places.has(identity);
  }

  /**
   * One step; `end` when every dependant was dealt with. A dependant that cannot be dealt with does not keep others from it: what
   * they threw is thrown together at the end of the walk.
   */
  async step({ key, purpose, owner: { cluster, uid }, signal, each }: StepOptions): Promise<'more' | 'end'> {
    const identity = identityOf(key);
    const place = this.#take(identity, purpose);
    const failures = [...(place?.failures ?? [])];
    let after = place?.after;
    this.#active.add(identity);
    try {
      for (let done = 0; done < STEP; done += TOGETHER) {
        signal.throwIfAborted();
        const page = this.#store.dependants({
          cluster,
          owner: uid,
          limit: TOGETHER,
          ...(after !== undefined && { after }),
        });
        const results = await Promise.allSettled(page.dependants.map(each));
        for (const result of results) {
          if (result.status === 'rejected' && failures.length < TOGETHER) failures.push(result.reason);
        }
        after = page.next;
        if (after === undefined) return end(failures);
        await turn();
      }
    } finally {
      this.#active.delete(identity);
    }
    if (after !== undefined) this.#places.set(identity, { purpose, after, failures });
    return 'more';
  }

  #take(identity: string, purpose: string): Place | undefined {
    const place = this.#places.get(identity);
    this.#places.delete(identity);
    if (this.#places.size >= PLACES) this.#places.clear();
    return place?.purpose === purpose ? place : undefined;
  }
}

function end(failures: readonly unknown[]): 'end' {
  if (failures.length === 0) return 'end';
  throw failures.length === 1 ? failures[0] : new AggregateError(failures, 'some dependants could not be dealt with');
}
