import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { noOverrides, openFixture, type Fixture } from '../testing/fixture.ts';
import { completeWorkspace } from './complete.ts';

let kcp: Fixture;
beforeEach(async () => {
  kcp = await openFixture();
  for (const path of ['root:org', 'root:other', 'root:org:team']) kcp.server.add(path);
});
afterEach(() => kcp[Symbol.asyncDispose]());

const complete = async (word: string, options = {}): Promise<readonly string[]> =>
  (await kcp.run((session) => completeWorkspace(session, word), options)).result;

describe('what a word may become', () => {
  it.each([
    ['', ['org', 'other']],
    ['or', ['org']],
    ['org:', ['org:team']],
    ['org/t', ['org/team']],
    [':', [':root']],
    [':root:o', [':root:org', ':root:other']],
    [':root:org:', [':root:org:team']],
    ['x', []],
    ['nosuch:', []],
    ['Bad:', []],
  ])('%j: %j', async (word, words) => expect(await complete(word)).toEqual(words));

  it('is below the workspace above', async () => {
    expect(await complete('../o', { workspace: 'org' })).toEqual(['../org', '../other']);
  });

  it('is nothing where nobody answers', async () => {
    const overrides = { ...noOverrides, server: 'http://127.0.0.1:1/clusters/root' };
    expect(await complete('', { overrides })).toEqual([]);
    expect(await complete('', { overrides: { ...noOverrides, context: 'base' } })).toEqual([]);
  });
});
