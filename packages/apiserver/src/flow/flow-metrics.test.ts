import { describe, expect, it } from '@jest/globals';
import type { Labels, MetricOptions } from '@kcp/telemetry';
import { createFairShare } from './create-fair-share.ts';

describe('metrics of the sharing out', () => {
  it('tell no tenants apart, however many are refused', () => {
    const series = new Set<string>();
    const record = ({ name }: MetricOptions) => {
      const keep = (_value: number, labels: Labels = {}): void =>
        void series.add(`${name} ${Object.values(labels).join()}`);
      return { add: keep, set: keep, observe: keep };
    };
    const meter = { counter: record, gauge: record, histogram: record };
    const limits = { readingInflight: 1, mutatingInflight: 0, turnMs: 0, waitingPerUser: 0, waitingRefusals: 0 };
    const fair = createFairShare({ meter, isFair: true, limits });
    const signal = (): AbortSignal => new AbortController().signal;
    for (let at = 0; at < 100; at += 1) {
      const flow = { cluster: `c${at}`, user: `u${at}` };
      const ask = () => fair.enter({ flow, cost: 1, seats: 1, mutates: false, signal });
      // a turn of no time is over with its first question
      if (at > 0) expect(ask).toThrow('too many requests of this user wait');
      else void ask();
    }
    expect([...series]).toEqual(['apiserver_flowcontrol_rejected_requests_total workload,logical-clusters,queue-full']);
  });
});
