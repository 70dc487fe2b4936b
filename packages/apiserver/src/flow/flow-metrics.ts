import type { Meter } from '@kcp/telemetry';

/** Why a request was refused, as kube-apiserver labels it. */
export type RejectionReason = 'queue-full' | 'concurrency-limit' | 'time-out' | 'cancelled';

/** What is measured of the sharing out. */
export interface FlowMetrics {
  waiting(count: number): void;
  waited(seconds: number): void;
  rejected(reason: RejectionReason): void;
}

const LEVEL = { priority_level: 'workload', flow_schema: 'logical-clusters' };
const SECONDS = [0.005, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30];

/**
 * Under kube-apiserver's names and with its labels, whose values are fixed: no series tells tenants apart. Only who had to wait is
 * in the histogram.
 */
export function flowMetrics(meter: Meter): FlowMetrics {
  const labels = ['priority_level', 'flow_schema'];
  const inQueue = meter.gauge({
    name: 'apiserver_flowcontrol_current_inqueue_requests',
    help: 'Requests that wait for their turn.',
    labels,
  });
  const rejected = meter.counter({
    name: 'apiserver_flowcontrol_rejected_requests_total',
    help: 'Requests that got no turn.',
    labels: [...labels, 'reason'],
  });
  const wait = meter.histogram({
    name: 'apiserver_flowcontrol_request_wait_duration_seconds',
    help: 'How long requests waited for their turn; those that did not wait are left out.',
    labels: [...labels, 'execute'],
    buckets: SECONDS,
  });
  return {
    waiting: (count) => inQueue.set(count, LEVEL),
    waited: (seconds) => wait.observe(seconds, { ...LEVEL, execute: 'true' }),
    rejected: (reason) => rejected.add(1, { ...LEVEL, reason }),
  };
}
