import type { ApiError } from '@kcp/api-machinery';
import { freeSeat, type Demand, type FairShare, type Flow, type Seat, type StreamKind } from './fair-share.ts';
import { FairQueue, type Waiting } from './fair-queue.ts';
import type { FlowLimits } from './flow-limits.ts';
import type { FlowMetrics, RejectionReason } from './flow-metrics.ts';
import { Holdings } from './holdings.ts';
import { giveBackOnce, StreamCounts } from './stream-counts.ts';
import { tooMany } from './too-many.ts';
import { Turn, type LoopClock } from './turn.ts';

/** What the scheduler is made of. */
export interface FairSchedulerOptions {
  readonly limits: FlowLimits;
  readonly clock: LoopClock;
  readonly metrics: FlowMetrics;
}

/** Somebody who waits. */
interface Waiter extends Waiting {
  readonly seats: number;
  readonly since: number;
  /** Its turn has come. */
  go(): void;
  /** It will not come. */
  fail(thrown: unknown): void;
}

/** Refusals share one flow: no logical cluster has this name. */
const REFUSALS: Flow = { cluster: '', user: '' };
const REFUSAL_COST = 1;

/** Callbacks asked of the event loop in one turn: what each of them begins has ended or waits before the next. */
const STEPS = 64;

/** How often it is looked for who waits for too long, in milliseconds. */
const LOOK_MS = 500;

/**
 * Shares out the time of the event loop, which is what is scarce here, and seats for what waits for the disk or for the client's
 * bytes. Nobody waits while both are free. In each turn of the loop requests are begun for `turnMs`; then the network has its turn,
 * so that who comes anew is seen, and takes its place behind one round of those who wait.
 */
export class FairScheduler implements FairShare {
  readonly #limits: FlowLimits;
  readonly #clock: LoopClock;
  readonly #metrics: FlowMetrics;
  readonly #turn: Turn;
  readonly #seats: Holdings;
  readonly #queue: FairQueue<Waiter>;
  /** Those who share with nobody, in the order in which they came. */
  readonly #passing = new Set<() => void>();
  readonly #streams: StreamCounts;
  /** Who waits, by when they came. */
  readonly #arrivals = new Set<Waiter>();
  /** Callbacks that are still to come; while there are none, nobody waits who could go on. */
  #steps = 0;
  #looking = false;

  constructor({ limits, clock, metrics }: FairSchedulerOptions) {
    this.#limits = limits;
    this.#clock = clock;
    this.#metrics = metrics;
    this.#turn = new Turn(clock, limits.turnMs);
    this.#seats = new Holdings(seatLimits(limits));
    this.#streams = new StreamCounts(limits);
    this.#queue = new FairQueue({
      isClusterHeld: (cluster) => this.#seats.isClusterFull(cluster),
      isUserHeld: (flow) => this.#seats.isUserFull(flow),
    });
  }

  /** How many requests wait, and how many seats are taken. */
  get state(): { readonly waiting: number; readonly seats: number } {
    return { waiting: this.#queue.size, seats: this.#seats.total };
  }

  enter(demand: Demand): Seat | Promise<Seat> {
    const { flow, seats } = demand;
    if (this.#steps === 0 && this.#seats.excess(flow) === undefined && !this.#turn.isOver())
      return this.#sit(flow, seats);
    const full = this.#fullness(flow);
    if (full === undefined) return this.#wait(demand);
    this.#metrics.rejected('queue-full');
    const refusal = this.refuse(demand.signal);
    if (refusal === undefined) throw tooMany(full);
    return refusal.then(() => {
      throw tooMany(full);
    });
  }

  pass(): Promise<void> | undefined {
    if (this.#passing.size === 0 && !this.#turn.isOver()) return undefined;
    if (this.#passing.size >= this.#limits.waitingExempt) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#passing.add(resolve);
    this.#arm();
    return promise;
  }

  refuse(signal: () => AbortSignal): Promise<void> | undefined {
    if (this.#steps === 0 && !this.#turn.isOver()) return undefined;
    if (this.#queue.waitingIn(REFUSALS).cluster >= this.#limits.waitingRefusals) return undefined;
    const wait = this.#wait({ flow: REFUSALS, cost: REFUSAL_COST, seats: 0, signal });
    return wait.then(
      () => {},
      () => {},
    );
  }

  open(kind: StreamKind, flow: Flow): Seat {
    return this.#streams.open(kind, flow);
  }

  /** Why no more of a flow may wait. */
  #fullness(flow: Flow): string | undefined {
    const { waitingPerUser, waitingPerCluster, waiting } = this.#limits;
    const there = this.#queue.waitingIn(flow);
    if (there.user >= waitingPerUser) return 'too many requests of this user wait in this logical cluster';
    if (there.cluster >= waitingPerCluster) return 'too many requests wait in this logical cluster';
    return this.#queue.size - this.#queue.waitingIn(REFUSALS).cluster >= waiting
      ? 'too many requests wait on this server'
      : undefined;
  }

  #sit(flow: Flow, seats: number): Seat {
    if (seats === 0) return freeSeat;
    this.#seats.take(flow, seats);
    return giveBackOnce(() => {
      this.#seats.giveBack(flow, seats);
      if (this.#queue.size > 0) this.#arm();
    });
  }

  #wait({ flow, cost, seats, signal }: Omit<Demand, 'mutates'>): Promise<Seat> {
    const aborted = signal();
    if (aborted.aborted) return Promise.reject(gone());
    const { promise, resolve, reject } = Promise.withResolvers<Seat>();
    const leave = (): void => this.#drop(waiter, gone(), 'cancelled');
    const settle = (then: () => void): void => {
      aborted.removeEventListener('abort', leave);
      then();
    };
    const waiter: Waiter = {
      flow,
      cost,
      seats,
      since: this.#clock.now(),
      go: () => settle(() => resolve(this.#sit(flow, seats))),
      fail: (thrown) => settle(() => reject(thrown)),
    };
    aborted.addEventListener('abort', leave, { once: true });
    this.#arrivals.add(waiter);
    this.#queue.add(waiter);
    this.#metrics.waiting(this.#queue.size);
    this.#arm();
    this.#look();
    return promise;
  }

  /** Asks for as many callbacks as can be of use. */
  #arm(): void {
    const wanted = Math.min(this.#queue.size + this.#passing.size, STEPS);
    if (this.#steps >= wanted || (this.#passing.size === 0 && this.#queue.head() === undefined)) return;
    while (this.#steps < wanted) {
      this.#steps += 1;
      this.#clock.afterTurn(() => this.#step());
    }
  }

  #step(): void {
    this.#steps -= 1;
    if (!this.#turn.isOver()) this.#begin();
    if (this.#steps === 0) this.#arm();
  }

  #begin(): void {
    const [passing] = this.#passing;
    if (passing !== undefined) {
      this.#passing.delete(passing);
      passing();
      return;
    }
    const waiter = this.#queue.head();
    if (waiter === undefined) return;
    this.#queue.take(waiter);
    this.#arrivals.delete(waiter);
    this.#metrics.waiting(this.#queue.size);
    this.#metrics.waited((this.#clock.now() - waiter.since) / 1000);
    waiter.go();
  }

  #drop(waiter: Waiter, thrown: unknown, reason: RejectionReason): void {
    if (!this.#queue.remove(waiter)) return;
    this.#arrivals.delete(waiter);
    this.#metrics.waiting(this.#queue.size);
    this.#metrics.rejected(reason);
    waiter.fail(thrown);
  }

  /** While somebody waits: who does so for too long goes. */
  #look(): void {
    if (this.#looking) return;
    this.#looking = true;
    this.#clock.after(LOOK_MS, () => {
      this.#looking = false;
      const limit = this.#clock.now() - this.#limits.waitMs;
      for (const waiter of this.#arrivals) {
        if (waiter.since > limit) break;
        this.#drop(waiter, tooMany('the request waited too long for its turn'), 'time-out');
      }
      if (this.#arrivals.size > 0) this.#look();
    });
  }
}

function seatLimits({ readingInflight, mutatingInflight, clusterShare, userShare }: FlowLimits) {
  const total = readingInflight + mutatingInflight;
  const perCluster = Math.max(1, Math.floor(total * clusterShare));
  return { total, perCluster, perUser: Math.max(1, Math.floor(perCluster * userShare)) };
}

/** Nobody reads it. */
function gone(): ApiError {
  return tooMany('the client went away');
}
