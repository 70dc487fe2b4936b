import type { Command } from './command.ts';
import { flagNames } from './flag-names.ts';
import { chooseCommand } from './program.ts';

/** What a shell is offered in the place of the word that is being written. */
export interface Candidate {
  readonly word: string;
  /** Said beside it. */
  readonly about: string;
}

/**
 * What the last of some words may become: commands, flags, and what the command itself knows. `words` are what stands behind the program's
 * name, the last one being written still, empty perhaps.
 */
export async function completeWords(root: Command, words: readonly string[]): Promise<readonly Candidate[]> {
  const word = words.at(-1) ?? '';
  const chosen = chooseCommand(root, words.slice(0, -1), root.name);
  const begins = ({ word: candidate }: Candidate): boolean => candidate.startsWith(word);
  if (word.startsWith('-') && word !== '-') return flagCandidates(chosen.command).filter(begins);
  const commands = chosen.args.some((arg) => !arg.startsWith('-')) ? [] : chosen.command.commands;
  const shown = commands.filter(({ hidden, deprecated }) => !hidden && deprecated === undefined);
  const named = shown.map(({ name, summary }) => ({ word: name, about: summary })).filter(begins);
  return [...named, ...(await chosen.command.complete(chosen.args, word)).map((found) => ({ word: found, about: '' }))];
}

function flagCandidates({ flags }: Command): readonly Candidate[] {
  const long = [...flagNames(flags)].filter(([name, { hidden }]) => name.length > 1 && !hidden);
  return long.map(([name, { help }]) => ({ word: `--${name}`, about: help }));
}

/**
 * Candidates as shells of cobra's programs read them, a line each, then a directive: 4, no names of files. kubectl asks plugins in the
 * same way.
 */
export function formatCandidates(candidates: readonly Candidate[]): string {
  const lines = candidates.map(({ word, about }) => (about === '' ? word : `${word}\t${about.split('\n')[0]}`));
  return [...lines, ':4', ''].join('\n');
}
