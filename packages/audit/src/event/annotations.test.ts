import { expect, it } from '@jest/globals';
import { Annotations } from './annotations.ts';

it('keeps the first word on a key, in order of keys', () => {
  const annotations = new Annotations();
  expect([annotations.add('b', '1'), annotations.add('a', '2'), annotations.add('b', '1')]).toEqual([true, true, true]);
  expect(annotations.add('b', 'other')).toBe(false);
  expect(annotations.sorted()).toEqual([
    ['a', '2'],
    ['b', '1'],
  ]);
});

it('bounds how many there are and how long they are', () => {
  const annotations = new Annotations();
  for (let at = 0; at < 100; at += 1) expect(annotations.add(`k${at}`, 'v')).toBe(true);
  expect(annotations.add('one more', 'v')).toBe(false);
  expect(annotations.sorted()).toHaveLength(100);
  const long = new Annotations();
  expect(long.add('k', 'x'.repeat(100_000))).toBe(true);
  expect(long.sorted()[0]?.[1]).toHaveLength(8 * 1024 + '...TRUNCATED'.length);
});
