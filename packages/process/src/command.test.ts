import { describe, expect, it } from '@jest/globals';
import { defineCommand, type CommandCall } from './command.ts';
import { switchFlag, textFlag } from './flag.ts';
import { FlagError } from './flags.ts';

const flags = {
  type: textFlag({ default: '', group: 'Command', help: 'The type.' }),
  enter: switchFlag({ default: false, group: 'Command', help: 'Goes there.', short: 'e' }),
};
const calls: CommandCall<{ type: string; enter: boolean }>[] = [];
const create = defineCommand({
  name: 'create',
  usage: '<name>',
  summary: 'Creates.',
  examples: '# one\nws create a',
  flags,
  ignored: ['v'],
  words: { min: 1, max: 1 },
  run: async (call) => (calls.push(call), 3),
  complete: async ({ values }, word) => [`${values.type}${word}!`],
});
const hidden = defineCommand({ name: 'old', summary: 'Old.', flags: {}, hidden: true });
const root = defineCommand({ name: 'ws', summary: 'Workspaces.', flags: {}, commands: [create, hidden] });

function text(command: typeof create, ...args: string[]): string {
  const ready = command.ready(args, command.name);
  return ready.kind === 'help' ? ready.text : 'runs';
}

describe('a command', () => {
  it('is run with its flags, its words and what follows --', async () => {
    const ready = create.ready(['--type', 'a:b', 'x', '-e', '-v=3', '--', '-y', '--'], 'ws create');
    expect(ready.kind === 'run' && (await ready.run())).toBe(3);
    expect(calls.pop()).toMatchObject({
      values: { type: 'a:b', enter: true },
      words: ['x'],
      rest: ['-y', '--'],
      warnings: ['flag -v has no meaning here and is ignored'],
    });
  });

  it('says how many words it takes', () => {
    expect(() => text(create)).toThrow(new FlagError(['accepts 1 arg(s), received 0', 'See "create --help".']));
    expect(() => text(create, 'a', 'b')).toThrow('accepts 1 arg(s), received 2');
    const two = defineCommand({ name: 'two', summary: '', flags: {}, words: { min: 0, max: 2 }, run: async () => 0 });
    expect(() => text(two, 'a', 'b', 'c')).toThrow('accepts between 0 and 2 arg(s), received 3');
    const kind = defineCommand({
      name: 'k',
      summary: 'Kind.',
      flags: {},
      words: { min: 0, max: 0, otherwise: 'help' },
      run: async () => 0,
    });
    expect(text(kind, 'a')).toContain('Kind.');
  });

  it('shows its help, with examples and flags', () => {
    const help = text(create, '--help');
    expect(help).toContain('Creates.\n\nExamples:\n  # one\n  ws create a\n\nUsage:\n  create <name>\n');
    expect(help).toContain('      -e, --enter\n');
  });

  it('that only holds others shows them, and knows no other', () => {
    expect(text(root)).toContain('\nCommands:\n  create  Creates.\n');
    expect(text(root)).not.toContain('old');
    expect(() => text(root, 'creat')).toThrow('unknown command "creat" for "ws"; did you mean create?');
    expect(() => text(root, 'xyz')).toThrow(/^unknown command "xyz" for "ws"$/);
    expect(() => text(root, '--enter')).toThrow('unknown flag: --enter');
  });

  it('knows what a word may become, unless what precedes it cannot be read', async () => {
    expect(await create.complete(['--type', 'a'], 'b')).toEqual(['ab!']);
    expect(await create.complete(['--nosuch'], 'b')).toEqual([]);
    expect(await create.complete(['--help'], 'b')).toEqual([]);
    expect(await root.complete([], 'b')).toEqual([]);
    const complete = (): Promise<never> => Promise.reject(new Error('no server'));
    expect(await defineCommand({ name: 'ill', summary: '', flags: {}, complete }).complete([], '')).toEqual([]);
  });
});
