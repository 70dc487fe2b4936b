import type { Meter } from '@kcp/telemetry';
import type { FairShare } from './fair-share.ts';
import { FairScheduler } from './fair-scheduler.ts';
import { defaultFlowLimits, type FlowLimits } from './flow-limits.ts';
import { flowMetrics } from './flow-metrics.ts';
import { MaxInFlight } from './max-in-flight.ts';
import { loopClock } from './turn.ts';

/** What requests are shared out with. */
export interface FairShareOptions {
  /** What differs from `defaultFlowLimits`. */
  readonly limits?: Partial<FlowLimits>;
  /** False: so many at once, whoever makes them, and nobody waits. */
  readonly isFair: boolean;
  readonly meter: Meter;
}

/** Shares out the event loop of this process. */
export function createFairShare({ limits, isFair, meter }: FairShareOptions): FairShare {
  const all = { ...defaultFlowLimits, ...limits };
  const metrics = flowMetrics(meter);
  return isFair ? new FairScheduler({ limits: all, clock: loopClock, metrics }) : new MaxInFlight(all, metrics);
}
