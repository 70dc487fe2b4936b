import { parsePath } from '@kcp/logical-cluster';
import { describe, expect, it } from '@jest/globals';
import { CliError } from './cli-error.ts';
import { hasDots, resolveWorkspacePath, topOf } from './workspace-path.ts';

const here = parsePath('root:org')!;

describe('a word that means a workspace', () => {
  it.each([
    ['a', 'root:org:a'],
    ['a:b', 'root:org:a:b'],
    ['a/b', 'root:org:a:b'],
    ['.', 'root:org'],
    ['./a', 'root:org:a'],
    ['..', 'root'],
    ['..:b', 'root:b'],
    ['../b/../c', 'root:c'],
    ['a/..', 'root:org'],
    [':root', 'root'],
    ['/root/x', 'root:x'],
    [':1h2j3k', '1h2j3k'],
    [':root:org:..', 'root'],
    [':root:.:x', 'root:x'],
  ])('%s is %s', (word, path) => {
    expect(resolveWorkspacePath(here, word)).toBe(path);
  });

  it.each(['Org', 'a::b', 'a/', '', ':', ':root:', 'a b', '-a', '../..', ':root:..', 'a_b'])('%j is none', (word) => {
    expect(() => resolveWorkspacePath(here, word)).toThrow(new CliError(`invalid workspace path: ${word}`));
  });

  it.each(['../../..', ':..', ':root:..:..'])('%s goes above the top', (word) => {
    expect(() => resolveWorkspacePath(here, word)).toThrow(new CliError('cannot go up from root'));
  });

  it('is named in the error as it was written', () => {
    expect(() => resolveWorkspacePath(here, ':root:A', '~:A')).toThrow('invalid workspace path: ~:A');
  });
});

describe('dots in a word', () => {
  it.each(['.', '..', 'a/..', '..:b', './a', ':root:..'])('are in %s', (word) => expect(hasDots(word)).toBe(true));
  it.each(['a', 'a.b', '..a', ':root:a', ''])('are not in %j', (word) => expect(hasDots(word)).toBe(false));
});

describe('the top above a path', () => {
  it.each([
    ['root:a:b', 'root'],
    ['root', 'root'],
    ['1h2j3k:a', '1h2j3k'],
  ])('%s has %s', (path, top) => expect(topOf(parsePath(path)!)).toBe(top));
});
