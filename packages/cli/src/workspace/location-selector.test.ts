import { describe, expect, it } from '@jest/globals';
import { parseLocationSelector } from './location-selector.ts';

describe('a selector of places', () => {
  it('may be none', () => expect(parseLocationSelector('')).toBeUndefined());

  it.each([
    ['a=b,c==d', { matchLabels: { a: 'b', c: 'd' } }],
    ['a in (x,y)', { matchExpressions: [{ key: 'a', operator: 'In', values: ['x', 'y'] }] }],
    ['a notin (x)', { matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['x'] }] }],
    ['a!=x', { matchExpressions: [{ key: 'a', operator: 'NotIn', values: ['x'] }] }],
    ['a', { matchExpressions: [{ key: 'a', operator: 'Exists' }] }],
    ['!a', { matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] }],
  ])('%s', (text, selector) => expect(parseLocationSelector(text)).toEqual(selector));

  it.each([
    ['a>1', '"gt" isn\'t supported in label selectors'],
    ['a in', 'couldn\'t parse the selector string "a in"'],
    ['=', 'couldn\'t parse the selector string "="'],
  ])('%s is refused', (text, why) =>
    expect(() => parseLocationSelector(text)).toThrow(`invalid location selector: ${why}`),
  );
});
