import { describe, expect, it } from '@jest/globals';
import type { Demand } from './fair-share.ts';
import { defaultFlowLimits } from './flow-limits.ts';
import { MaxInFlight } from './max-in-flight.ts';

const demand = (mutates: boolean, cluster = 'a'): Demand => ({
  flow: { cluster, user: 'u' },
  cost: 1,
  seats: 1,
  mutates,
  signal: () => AbortSignal.abort(),
});

function counted(limits: { readingInflight: number; mutatingInflight: number }) {
  const rejected: string[] = [];
  const metrics = { waiting: () => {}, waited: () => {}, rejected: (reason: string) => void rejected.push(reason) };
  return { rejected, flight: new MaxInFlight({ ...defaultFlowLimits, ...limits }, metrics) };
}

describe('requests under way', () => {
  it('are bounded by whether they write, whoever makes them, and are never put in a queue', () => {
    const { flight, rejected } = counted({ readingInflight: 2, mutatingInflight: 1 });
    const first = flight.enter(demand(false));
    flight.enter(demand(false, 'b'));
    expect(() => flight.enter(demand(false, 'c'))).toThrow('this server has 2 requests that read under way');
    flight.enter(demand(true));
    expect(() => flight.enter(demand(true))).toThrow(
      expect.objectContaining({ code: 429, details: { retryAfterSeconds: 1 } }),
    );
    first.release();
    first.release();
    flight.enter(demand(false));
    expect(() => flight.enter(demand(false))).toThrow('read');
    expect(rejected).toEqual(['concurrency-limit', 'concurrency-limit', 'concurrency-limit']);
    expect(flight.refuse()).toBeUndefined();
  });

  it('are not bounded where the limit is 0', () => {
    const { flight } = counted({ readingInflight: 0, mutatingInflight: 0 });
    for (let at = 0; at < 10_000; at += 1) flight.enter(demand(at % 2 === 0));
  });

  it('are one thing, streams another: those stay bounded', () => {
    const { flight } = counted({ readingInflight: 0, mutatingInflight: 0 });
    const flow = { cluster: 'a', user: 'u' };
    for (let at = 0; at < defaultFlowLimits.calls.perUser; at += 1) flight.open('calls', flow);
    expect(() => flight.open('calls', flow)).toThrow('too many calls are open by this user');
  });
});
