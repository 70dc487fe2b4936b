import { describe, expect, it } from '@jest/globals';
import { readWarnings } from './warnings.ts';

describe('warnings', () => {
  it.each<readonly [string, string | readonly string[] | undefined, readonly string[]]>([
    ['none', undefined, []],
    ['one', '299 - "old version"', ['old version']],
    ['several in a line', '299 - "a, b", 299 kube "c"', ['a, b', 'c']],
    ['several lines', ['299 - "a"', '299 - "b"'], ['a', 'b']],
    ['quotes and backslashes', String.raw`299 - "say \"x\" \\ y"`, [String.raw`say "x" \ y`]],
    ['a date at the end', '299 - "a" "Sat, 01 Jan 2000 00:00:00 GMT", 299 - "b"', ['a', 'b']],
    ['other codes', '199 - "a"', []],
    ['nonsense', '299 x', []],
    ['texts beyond ASCII', `299 - "${Buffer.from('größer').toString('latin1')}"`, ['größer']],
  ])('are read: %s', (_what, header, texts) => {
    expect(readWarnings(header).map(({ text }) => text)).toEqual(texts);
  });
});
