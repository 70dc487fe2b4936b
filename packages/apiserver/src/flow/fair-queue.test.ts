import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { FairQueue, type Holds, type Waiting } from './fair-queue.ts';

interface Item extends Waiting {
  readonly id: number;
}

const free: Holds = { isClusterHeld: () => false, isUserHeld: () => false };
const item = (id: number, cluster: string, options: { user?: string; cost?: number } = {}): Item => ({
  id,
  flow: { cluster, user: options.user ?? 'u' },
  cost: options.cost ?? 1,
});

function filled(items: readonly Item[], holds = free): FairQueue<Item> {
  const queue = new FairQueue<Item>(holds);
  for (const one of items) queue.add(one);
  return queue;
}

/** Takes out what comes next, all of it or so many. */
function drain(queue: FairQueue<Item>, most = Infinity): Item[] {
  const out: Item[] = [];
  while (out.length < most) {
    const next = queue.head();
    if (next === undefined) break;
    queue.take(next);
    out.push(next);
  }
  return out;
}

const names = fc.constantFrom('a', 'b', 'c', 'd');
const anyItems = fc
  .array(fc.record({ cluster: names, user: names, cost: fc.integer({ min: 1, max: 900 }) }), { maxLength: 200 })
  .map((rows) => rows.map(({ cluster, user, cost }, id): Item => ({ id, flow: { cluster, user }, cost })));

describe('a queue of many flows', () => {
  it('gives out everything once, and of a flow in the order in which it came', () => {
    fc.assert(
      fc.property(anyItems, (items) => {
        const out = drain(filled(items));
        expect(out.map(({ id }) => id).sort((a, b) => a - b)).toEqual(items.map(({ id }) => id));
        for (const [, line] of Map.groupBy(out, ({ flow }) => `${flow.cluster} ${flow.user}`)) {
          const ids = line.map(({ id }) => id);
          expect(ids).toEqual(ids.toSorted((a, b) => a - b));
        }
      }),
    );
  });

  it('gives logical clusters that all have enough to do equal shares of work, within a turn and the largest item', () => {
    const costs = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 50, maxLength: 50 });
    fc.assert(
      fc.property(fc.tuple(costs, costs, costs), (lines) => {
        const items = lines.flatMap((line, at) => line.map((cost, id) => item(id, `c${at}`, { cost })));
        const queue = filled(items);
        const work = new Map<string, number>();
        // as long as nobody runs out
        for (let at = 0; at < 50; at += 1) {
          const [next] = drain(queue, 1);
          if (!next) break;
          work.set(next.flow.cluster, (work.get(next.flow.cluster) ?? 0) + next.cost);
        }
        const shares = ['c0', 'c1', 'c2'].map((name) => work.get(name) ?? 0);
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(2 * (40 + 4));
      }),
    );
  });

  it('lets nobody starve: who comes anew waits for one turn of each of the others', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 20 }), (clusters, depth) => {
        const crowd = Array.from({ length: clusters }, (_, at) =>
          Array.from({ length: depth }, (_none, id) => item(id, `crowd${at}`)),
        ).flat();
        const queue = filled(crowd);
        drain(queue, 3);
        queue.add(item(-1, 'new'));
        const before = drain(queue).findIndex(({ id }) => id === -1);
        expect(before).toBeLessThanOrEqual(clusters * 4);
      }),
    );
  });

  it('weighs what is asked for, not how often', () => {
    const lists = Array.from({ length: 10 }, (_, id) => item(id, 'lists', { cost: 100 }));
    const reads = Array.from({ length: 500 }, (_, id) => item(id, 'reads'));
    const out = drain(filled([...lists, ...reads]), 303).map(({ flow }) => flow.cluster);
    expect(out.filter((name) => name === 'lists').length).toBeGreaterThanOrEqual(2);
    expect(out.filter((name) => name === 'lists').length).toBeLessThanOrEqual(4);
  });

  it('gives a logical cluster one share however many users it has, and its users equal ones', () => {
    const crowd = Array.from({ length: 900 }, (_, id) => item(id, 'crowd', { user: `u${id % 9}` }));
    const single = Array.from({ length: 900 }, (_, id) => item(id, 'single'));
    const out = drain(filled([...crowd, ...single]), 720);
    expect(out.filter(({ flow }) => flow.cluster === 'single')).toHaveLength(360);
    const users = Map.groupBy(
      out.filter(({ flow }) => flow.cluster === 'crowd'),
      ({ flow }) => flow.user,
    );
    for (const [, items] of users) expect(items.length).toBe(40);
  });

  it('works on where somebody may not go on, and gives nothing where nobody may', () => {
    const held = new Set(['a']);
    const holds = { isClusterHeld: (name: string) => held.has(name), isUserHeld: () => false };
    const queue = filled([item(1, 'a'), item(2, 'b'), item(3, 'a')], holds);
    expect(drain(queue).map(({ id }) => id)).toEqual([2]);
    expect(queue.size).toBe(2);
    held.clear();
    expect(drain(queue).map(({ id }) => id)).toEqual([1, 3]);
  });

  it('passes over a user that may not go on, not over its logical cluster', () => {
    const holds = { isClusterHeld: () => false, isUserHeld: ({ user }: { user: string }) => user === 'greedy' };
    const queue = filled([item(1, 'a', { user: 'greedy' }), item(2, 'a', { user: 'other' })], holds);
    expect(drain(queue).map(({ id }) => id)).toEqual([2]);
    expect(queue.waitingIn({ cluster: 'a', user: 'greedy' })).toEqual({ cluster: 1, user: 1 });
  });
});

describe('what no longer waits', () => {
  it('goes out from anywhere, once, and leaves nothing behind', () => {
    fc.assert(
      fc.property(anyItems, fc.infiniteStream(fc.boolean()), (items, picks) => {
        const queue = filled(items);
        const left = items.filter((one) => {
          if (picks.next().value !== true) return true;
          expect(queue.remove(one)).toBe(true);
          expect(queue.remove(one)).toBe(false);
          return false;
        });
        expect(queue.size).toBe(left.length);
        expect(drain(queue)).toHaveLength(left.length);
        for (const { flow } of items) expect(queue.waitingIn(flow)).toEqual({ cluster: 0, user: 0 });
      }),
    );
  });
});
