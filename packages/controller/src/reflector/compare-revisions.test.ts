import { expect, it } from '@jest/globals';
import { compareRevisions } from './compare-revisions.ts';

it.each([
  ['1', '2', -1],
  ['9', '10', -1],
  ['10', '9', 1],
  ['7', '7', 0],
  ['99999999999999999999998', '99999999999999999999999', -1],
])('compares %s with %s as numbers of any length', (a, b, sign) => {
  expect(Math.sign(compareRevisions(a, b) ?? NaN)).toBe(sign);
});

it.each([
  ['', '1'],
  ['01', '1'],
  ['abc', 'abd'],
  ['-1', '1'],
])('says nothing of %p and %p', (a, b) => {
  expect(compareRevisions(a, b)).toBeUndefined();
});

it('knows equal ones whatever they are', () => {
  expect(compareRevisions('opaque', 'opaque')).toBe(0);
});
