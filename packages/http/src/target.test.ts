import { describe, expect, it } from '@jest/globals';
import { readTarget } from './target.ts';

describe('a target', () => {
  it.each([
    ['/', { path: '/', query: '' }],
    ['/a%2Fb/c?x=1?y', { path: '/a%2Fb/c', query: 'x=1?y' }],
    ['//double?', { path: '//double', query: '' }],
    ['https://host:1/a?b', { path: '/a', query: 'b' }],
    ['HTTP://host/', { path: '/', query: '' }],
    ['/%00', { path: '/%00', query: '' }],
    ['', undefined],
    ['*', undefined],
    ['host:443', undefined],
    ['ftp://host/', undefined],
    ['https://host', undefined],
    ['/a b', undefined],
    ['/a\nb', undefined],
    ['/a?b\u007f', undefined],
  ])('%j', (target, expected) => {
    expect(readTarget(target)).toEqual(expected);
  });
});
