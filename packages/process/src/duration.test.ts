import { expect, it } from '@jest/globals';
import { parseDuration } from './duration.ts';

it.each([
  ['0', 0],
  ['0s', 0],
  ['300ms', 300],
  ['1.5s', 1500],
  ['.5h', 1_800_000],
  ['1h2m3s4ms', 3_723_004],
  ['2µs', 0.002],
  ['', undefined],
  ['5', undefined],
  ['-1s', undefined],
  ['1s ', undefined],
  ['s', undefined],
  ['1d', undefined],
])('%j', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});
