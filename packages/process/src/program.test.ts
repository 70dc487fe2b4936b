import { describe, expect, it } from '@jest/globals';
import { defineCommand } from './command.ts';
import { switchFlag, textFlag } from './flag.ts';
import { chooseCommand } from './program.ts';

const flags = {
  context: textFlag({ default: '', group: 'g', help: '' }),
  workspace: textFlag({ default: '', group: 'g', help: '', short: 'w' }),
  full: switchFlag({ default: false, group: 'g', help: '', short: 'f' }),
};
const inner = defineCommand({ name: 'inner', summary: '', flags });
const use = defineCommand({ name: 'use', aliases: ['cd'], summary: '', flags, commands: [inner] });
const ws = defineCommand({ name: 'ws', summary: '', flags: {}, commands: [use], run: async () => 0 });

const choose = (line: string): string => {
  const { path, args } = chooseCommand(ws, line.split(' '), 'kubectl ws');
  return `${path} | ${args.join(' ')}`;
};

describe('the command that a line is for', () => {
  it.each([
    ['a', 'kubectl ws | a'],
    ['use a', 'kubectl ws use | a'],
    ['cd a', 'kubectl ws use | a'],
    ['use inner a', 'kubectl ws use inner | a'],
    ['a use', 'kubectl ws | a use'],
    ['--context use a', 'kubectl ws | --context use a'],
    ['--context b use a', 'kubectl ws use | --context b a'],
    ['--context=b use a', 'kubectl ws use | --context=b a'],
    ['-w b use a', 'kubectl ws use | -w b a'],
    ['-fw b use a', 'kubectl ws use | -fw b a'],
    ['-wb use a', 'kubectl ws use | -wb a'],
    ['-w=b use a', 'kubectl ws use | -w=b a'],
    ['-f use a', 'kubectl ws use | -f a'],
    ['--full use', 'kubectl ws use | --full'],
    ['--unknown use', 'kubectl ws use | --unknown'],
    ['-- use', 'kubectl ws | -- use'],
    ['- use', 'kubectl ws | - use'],
  ])('%s: %s', (line, chosen) => expect(choose(line)).toBe(chosen));
});
