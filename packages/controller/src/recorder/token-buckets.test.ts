import { describe, expect, it } from '@jest/globals';
import { TokenBuckets } from './token-buckets.ts';

describe('token buckets', () => {
  it('give a burst, then as much as comes back', () => {
    const buckets = new TokenBuckets({ burst: 2, refillMs: 100, limit: 10 });
    expect([0, 0, 0, 50, 100, 100].map((now) => buckets.take('a', now))).toEqual([
      true,
      true,
      false,
      false,
      true,
      false,
    ]);
  });

  it('are apart', () => {
    const buckets = new TokenBuckets({ burst: 1, refillMs: 100, limit: 10 });
    expect([buckets.take('a', 0), buckets.take('b', 0), buckets.take('a', 0)]).toEqual([true, true, false]);
  });

  it('are bounded: the one that was used longest ago goes', () => {
    const buckets = new TokenBuckets({ burst: 1, refillMs: 1e9, limit: 2 });
    for (const key of ['a', 'b', 'a', 'c']) buckets.take(key, 0);
    expect(buckets.size).toBe(2);
    expect([buckets.take('a', 0), buckets.take('b', 0)]).toEqual([false, true]);
  });

  it('do not fill up when the clock runs backwards', () => {
    const buckets = new TokenBuckets({ burst: 1, refillMs: 100, limit: 2 });
    expect([buckets.take('a', 1_000), buckets.take('a', 0), buckets.take('a', 50)]).toEqual([true, false, false]);
  });
});
