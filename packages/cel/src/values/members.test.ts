import { describe, expect, it } from '@jest/globals';
import { BudgetExceeded } from './fault.ts';
import { Members } from './members.ts';
import { ArrayList, Double, Uint } from './value.ts';
import type { Value } from './value.ts';

function of(...values: readonly Value[]): Members {
  const members = new Members();
  for (const value of values) members.add(value);
  return members;
}

describe('members', () => {
  it('are found by the equality of the language', () => {
    expect(of('a', 1, true, null).has('a')).toBe(true);
    expect(of('1').has(1)).toBe(false);
    expect(of(1).has(new Double(1))).toBe(true);
    expect(of(new Double(1)).has(1)).toBe(true);
    expect(of(7).has(new Uint(7n))).toBe(true);
    expect(of(new Double(Number.NaN)).has(new Double(Number.NaN))).toBe(false);
    expect(of(2n ** 60n).has(2n ** 60n)).toBe(true);
    expect(of(new ArrayList([1])).has(new ArrayList([1]))).toBe(true);
    expect(of(new ArrayList([1])).has(new ArrayList([2]))).toBe(false);
  });

  it('of any number are found at once where they are plain', () => {
    const members = of(...Array.from({ length: 50_000 }, (_, i) => i));
    for (let i = 0; i < 50_000; i += 1) expect(members.has(i)).toBe(true);
  });

  it('that must be compared one by one are compared so often only', () => {
    const members = of(...Array.from({ length: 2_000 }, (_, i) => new ArrayList([i])));
    const look = (): void => {
      for (let i = 0; i < 2_000; i += 1) members.has(new ArrayList([-1]));
    };
    expect(look).toThrow(BudgetExceeded);
  });
});
