import { describe, expect, it } from '@jest/globals';
import { editDistance, nearest } from './nearest.ts';

describe('the edit distance', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
    ['flaw', 'lawn', 2],
    ['same', 'same', 0],
  ])('of %j and %j is %d', (from, to, distance) => {
    expect(editDistance(from, to)).toBe(distance);
    expect(editDistance(to, from)).toBe(distance);
  });
});

describe('the nearest', () => {
  it('is the first with the fewest edits', () => {
    expect(nearest('bind-adress', ['secure-port', 'bind-address', 'bind-a'])).toBe('bind-address');
    expect(nearest('x', [])).toBeUndefined();
  });
});
