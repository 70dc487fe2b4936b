import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { Holdings } from './holdings.ts';

const limits = { perUser: 2, perCluster: 3, total: 8 };

describe('what is held', () => {
  it('never goes beyond the limits of user, logical cluster and all, and is forgotten when it is given back', () => {
    const step = fc.record({
      cluster: fc.constantFrom('a', 'b', 'c', 'd'),
      user: fc.constantFrom('u', 'v'),
      gives: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const holdings = new Holdings(limits);
        const held: { cluster: string; user: string }[] = [];
        const of = (name: string, user?: string): number =>
          held.filter((one) => one.cluster === name && (user === undefined || one.user === user)).length;
        for (const { gives, ...flow } of steps) {
          const oldest = gives ? held.shift() : undefined;
          if (oldest) holdings.giveBack(oldest, 1);
          else if (holdings.excess(flow) === undefined) {
            holdings.take(flow, 1);
            held.push(flow);
          }
          expect(holdings.total).toBe(held.length);
          expect(of(flow.cluster)).toBeLessThanOrEqual(3);
          expect(of(flow.cluster, flow.user)).toBeLessThanOrEqual(2);
          expect(held.length).toBeLessThanOrEqual(8 * 1.25);
          expect(holdings.excess(flow) !== undefined).toBe(
            holdings.isClusterFull(flow.cluster) || holdings.isUserFull(flow),
          );
        }
        for (const flow of held) holdings.giveBack(flow, 1);
        expect([holdings.total, holdings.clusters]).toEqual([0, 0]);
      }),
    );
  });

  it('says whom it is too much for', () => {
    const holdings = new Holdings(limits);
    const [one, other] = [
      { cluster: 'a', user: 'u' },
      { cluster: 'a', user: 'v' },
    ];
    holdings.take(one, 2);
    expect(holdings.excess(one)).toBe('user');
    holdings.take(other, 1);
    expect(holdings.excess(other)).toBe('cluster');
    holdings.take({ cluster: 'b', user: 'u' }, 7);
    expect(holdings.excess({ cluster: 'c', user: 'u' })).toBe('total');
  });

  it('that was never taken cannot be given back', () => {
    expect(() => new Holdings(limits).giveBack({ cluster: 'a', user: 'u' }, 1)).toThrow('never taken');
  });
});
