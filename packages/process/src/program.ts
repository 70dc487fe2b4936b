import type { Command } from './command.ts';
import type { Flag } from './flag.ts';
import { flagNames } from './flag-names.ts';

/** The command that a command line is for, with what is left of the line. */
export interface ChosenCommand {
  readonly command: Command;
  /** How it was called: `kubectl ws use`. */
  readonly path: string;
  /** The line without the names of commands. */
  readonly args: readonly string[];
}

/** Finds the command that a line is for: flags may stand before its name, as in `ws --context a use b`. */
export function chooseCommand(root: Command, args: readonly string[], path: string): ChosenCommand {
  const flags = everyFlag(root);
  let chosen: ChosenCommand = { command: root, path, args };
  for (let at = 0; at < chosen.args.length; at += 1) {
    const word = chosen.args[at] ?? '';
    if (word === '--') break;
    if (word.startsWith('-') && word !== '-') {
      if (takesNext(word, flags)) at += 1;
      continue;
    }
    const next = chosen.command.commands.find(({ names }) => names.includes(word));
    if (!next) break;
    chosen = { command: next, path: `${chosen.path} ${next.name}`, args: chosen.args.toSpliced(at, 1) };
    at -= 1;
  }
  return chosen;
}

function takesNext(word: string, flags: ReadonlyMap<string, Flag<unknown>>): boolean {
  if (word.includes('=')) return false;
  const name = word.replace(/^--?/, '');
  const long = word.startsWith('--');
  // of `-fw` the last letter may want a value; of `-v4` it has one
  const flag = flags.get(long || name.length === 1 ? name : name.slice(-1));
  const ended =
    long ||
    name.length === 1 ||
    name
      .slice(0, -1)
      .split('')
      .every((one) => flags.get(one)?.takes === 'switch');
  return ended && flag !== undefined && flag.takes !== 'switch';
}

function everyFlag(command: Command): ReadonlyMap<string, Flag<unknown>> {
  return new Map([...flagNames(command.flags), ...command.commands.flatMap((one) => [...everyFlag(one)])]);
}
