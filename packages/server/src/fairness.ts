import { createFairShare, type FairShare, type FlowLimits } from '@kcp/apiserver';
import type { Meter } from '@kcp/telemetry';

export { defaultFlowLimits } from '@kcp/apiserver';

/** How requests are shared out between tenants (docs/fairness.md). */
export interface FairnessOptions {
  /** False: only the numbers of requests under way are bounded, whoever makes them, as kube-apiserver has it; true where left out. */
  readonly enabled?: boolean;
  /** What differs from the default limits. */
  readonly limits?: Partial<FlowLimits>;
}

/** Shares out requests as the options want it. Throws an error that says what to do where nothing could ever be begun. */
export function fairness({ enabled = true, limits = {} }: FairnessOptions = {}, meter: Meter): FairShare {
  const { readingInflight, mutatingInflight } = limits;
  if (enabled && readingInflight === 0 && mutatingInflight === 0)
    throw new Error(
      'with priority and fairness, max-requests-inflight and max-mutating-requests-inflight together must be more than 0',
    );
  return createFairShare({ limits, isFair: enabled, meter });
}
