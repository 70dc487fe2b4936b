import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { checkTranscript, playTranscript, type TranscriptCommands } from './transcript.ts';

function commands(): TranscriptCommands {
  const kept: string[] = [];
  return {
    keep: ({ arguments: args, input }) => {
      kept.push([...args, input].filter(Boolean).join(' '));
      return `kept ${kept.length}`;
    },
    show: () => kept.join('\n\n'),
    fail: () => {
      throw new Error('not today');
    },
  };
}

describe('a transcript', () => {
  it('keeps prose, commands and input, and writes what is observed under them', async () => {
    const text = '# A tale\n# of two lines\n\nkeep a b\nmore\n----\nold\n\n\nkeep c\n\nshow\n----\n';
    expect(await playTranscript(text, commands())).toBe(
      '# A tale\n# of two lines\n\nkeep a b\nmore\n----\nkept 1\n\nkeep c\n----\nkept 2\n\nshow\n----\na b more\nc\n',
    );
  });

  it('comes out as it went in when nothing changed', async () => {
    const once = await playTranscript('keep a\n\nshow\n', commands());
    expect(await playTranscript(once, commands())).toBe(once);
  });

  it('shows what a command throws, and refuses a command that it does not know', async () => {
    expect(await playTranscript('fail', commands())).toBe('fail\n----\nerror: not today\n');
    await expect(playTranscript('toString', commands())).rejects.toThrow(
      'no command toString; it knows keep, show, fail',
    );
  });

  it('differs from the file until it is told to write', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kcp-transcript-'));
    try {
      const file = join(folder, 'a.txt');
      await writeFile(file, 'keep a\n----\nkept 9\n');
      expect(await checkTranscript(file, commands())).toEqual({
        expected: 'keep a\n----\nkept 9\n',
        observed: 'keep a\n----\nkept 1\n',
      });
      await checkTranscript(file, commands(), { update: true });
      expect(await readFile(file, 'utf8')).toBe('keep a\n----\nkept 1\n');
      const { expected, observed } = await checkTranscript(file, commands());
      expect(observed).toBe(expected);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
