import { freeSeat, type Demand, type FairShare, type Flow, type Seat, type StreamKind } from './fair-share.ts';
import type { FlowLimits } from './flow-limits.ts';
import type { FlowMetrics } from './flow-metrics.ts';
import { giveBackOnce, StreamCounts } from './stream-counts.ts';
import { tooMany } from './too-many.ts';

/** Without fairness: so many requests that read, so many that write, whoever makes them; nobody waits. 0 is no limit. */
export class MaxInFlight implements FairShare {
  readonly #limits: FlowLimits;
  readonly #metrics: FlowMetrics;
  readonly #streams: StreamCounts;
  #reading = 0;
  #mutating = 0;

  constructor(limits: FlowLimits, metrics: FlowMetrics) {
    this.#limits = limits;
    this.#metrics = metrics;
    this.#streams = new StreamCounts(limits);
  }

  enter({ mutates }: Demand): Seat {
    const limit = mutates ? this.#limits.mutatingInflight : this.#limits.readingInflight;
    if (limit === 0) return freeSeat;
    if ((mutates ? this.#mutating : this.#reading) >= limit) {
      this.#metrics.rejected('concurrency-limit');
      throw tooMany(`this server has ${limit} requests that ${mutates ? 'write' : 'read'} under way`);
    }
    this.#count(mutates, 1);
    return giveBackOnce(() => this.#count(mutates, -1));
  }

  pass(): undefined {
    return undefined;
  }

  refuse(): undefined {
    return undefined;
  }

  open(kind: StreamKind, flow: Flow): Seat {
    return this.#streams.open(kind, flow);
  }

  #count(mutates: boolean, change: number): void {
    if (mutates) this.#mutating += change;
    else this.#reading += change;
  }
}
