import { describe, expect, it } from '@jest/globals';
import { defineCommand } from './command.ts';
import { completeWords, formatCandidates } from './completion.ts';
import { textFlag } from './flag.ts';

const flags = {
  type: textFlag({ default: '', group: 'g', help: 'The type.', short: 't' }),
  secret: textFlag({ default: '', group: 'g', help: '', hidden: true }),
};
const use = defineCommand({
  name: 'use',
  aliases: ['cd'],
  summary: 'Goes.',
  flags,
  complete: async ({ words, values }, word) => [`${words.length}${values.type}`, word],
});
const hidden = defineCommand({ name: 'usher', summary: '', flags: {}, hidden: true });
const old = defineCommand({ name: 'used', summary: '', flags: {}, deprecated: 'use use' });
const ws = defineCommand({
  name: 'ws',
  summary: '',
  flags: {},
  commands: [use, hidden, old],
  complete: async () => ['user'],
});

const complete = async (...words: string[]): Promise<string[]> =>
  (await completeWords(ws, words)).map(({ word }) => word);

describe('completion', () => {
  it('offers commands that are shown, and what the command itself offers', async () => {
    expect(await complete('us')).toEqual(['use', 'user']);
    expect(await complete()).toEqual(['use', 'user']);
    expect(await complete('a', '')).toEqual(['user']);
  });

  it('asks the command with what precedes the word', async () => {
    expect(await complete('cd', '--type', 'x', 'a', 'b')).toEqual(['1x', 'b']);
  });

  it('offers flags behind a dash', async () => {
    expect(await complete('use', '--')).toEqual(['--type']);
    expect(await complete('use', '-x')).toEqual([]);
    expect(await complete('use', '-')).toEqual(['0', '-']);
  });

  it("is told as cobra's programs tell it", () => {
    expect(
      formatCandidates([
        { word: 'use', about: 'Goes.\nFar.' },
        { word: 'a', about: '' },
      ]),
    ).toBe('use\tGoes.\na\n:4\n');
    expect(formatCandidates([])).toBe(':4\n');
  });
});
