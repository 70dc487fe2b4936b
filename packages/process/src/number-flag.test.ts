import { expect, it } from '@jest/globals';
import { numberFlag } from './flag.ts';

it('takes numbers within its bounds, broken ones too, and says what is wrong with others', () => {
  const { schema } = numberFlag({ group: 'g', help: 'h', default: 1, min: 0.5, max: 10 });
  expect(['0.5', '2', '.75', '+3'].map((text) => schema.parse(text))).toEqual([0.5, 2, 0.75, 3]);
  const problem = (text: string): string | undefined => schema.safeParse(text).error?.issues[0]?.message;
  expect(problem('0.4')).toBe('must be at least 0.5');
  expect(problem('11')).toBe('must be at most 10');
  for (const text of ['', 'x', '1e3', '1.2.3', 'NaN']) expect(problem(text)).toBe('must be a number');
});
