import { describe, expect, it } from '@jest/globals';
import { FairQueue } from './fair-queue.ts';

function drained(queue: FairQueue<string>): string[] {
  const taken: string[] = [];
  for (let item = queue.take(); item !== undefined; item = queue.take()) taken.push(item);
  return taken;
}

describe('a fair queue', () => {
  it('lets owners take turns, each in its own order', () => {
    const queue = new FairQueue<string>({ items: 10, bytes: 100 });
    for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) queue.add(item, item.charAt(0), 1);
    expect(drained(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
    expect(queue.size).toBe(0);
  });

  it('has room for others where one owner has its half', () => {
    const queue = new FairQueue<string>({ items: 4, bytes: 100 });
    expect(['a1', 'a2', 'a3'].map((item) => queue.add(item, 'a', 1))).toEqual([true, true, false]);
    expect(['b1', 'c1', 'd1'].map((item) => queue.add(item, item, 1))).toEqual([true, true, false]);
  });

  it('is bounded in bytes', () => {
    const queue = new FairQueue<string>({ items: 10, bytes: 100 });
    expect(queue.add('a1', 'a', 30)).toBe(true);
    expect(queue.add('a2', 'a', 30)).toBe(false);
    expect(queue.add('b1', 'b', 71)).toBe(false);
    expect(queue.add('b2', 'b', 70)).toBe(true);
    expect(drained(queue)).toEqual(['a1', 'b2']);
    expect(queue.add('c1', 'c', 100)).toBe(true);
  });

  it('takes one thing that is larger than itself, rather than never', () => {
    const queue = new FairQueue<string>({ items: 10, bytes: 100 });
    expect(queue.add('a1', 'a', 1_000)).toBe(true);
    expect(queue.add('b1', 'b', 1)).toBe(false);
  });
});
