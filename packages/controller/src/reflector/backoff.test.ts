import { describe, expect, it } from '@jest/globals';
import { backoffMs } from './backoff.ts';

describe('the back-off of a reflector', () => {
  it('doubles from 0.8 s to 30 s', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 1_000].map((failures) => backoffMs(failures, 0));
    expect(waits).toEqual([800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
  });

  it('is up to doubled by chance, and never more than 30 s', () => {
    expect(backoffMs(1, 0.5)).toBe(1_200);
    expect(backoffMs(1, 0.999)).toBeLessThanOrEqual(1_600);
    expect(backoffMs(9, 0.999)).toBe(30_000);
  });
});
