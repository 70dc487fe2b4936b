import { describe, expect, it } from '@jest/globals';
import { compilePattern } from './regular-expression.ts';

describe('tenants’ patterns', () => {
  it.each([
    ['b+', 'abbc', true],
    ['^b+$', 'abbc', false],
    ['(?i)ABC', 'xabc', true],
    ['\\p{Greek}', 'α', true],
    ['[[:alpha:]]', '1', false],
    ['^a$', 'a\n', false],
  ])('%s on %s', (source, text, matches) => expect(compilePattern(source).test(text)).toBe(matches));
  it.each(['[a-', '(?!x)y', 'a{1001}', '(a)\\1'])('that Go does not know are none: %s', (source) => {
    const pattern = compilePattern(source);
    expect([pattern.error?.startsWith('error parsing regexp: '), pattern.test('a')]).toEqual([true, false]);
  });
  it('are compiled once', () => expect(compilePattern('^once$')).toBe(compilePattern('^once$')));
  it('take linear time', () => expect(compilePattern('^(a+)+$').test(`${'a'.repeat(50_000)}b`)).toBe(false));
  it('are forgotten in the order of use', () => {
    const kept = compilePattern('^kept$');
    for (let count = 0; count < 2100; count++) {
      compilePattern(`^p${count}$`);
      if (count % 500 === 0) compilePattern('^kept$');
    }
    expect(compilePattern('^kept$')).toBe(kept);
  });
});
