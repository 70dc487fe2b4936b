import { defineFlags, FlagError, type FlagTable, type FlagValues } from './flags.ts';
import { nearest } from './nearest.ts';

/** What a command is called with. */
export interface CommandCall<V> {
  readonly values: V;
  /** The words that are no flags, after the command's own name. */
  readonly words: readonly string[];
  /** What follows `--`. */
  readonly rest: readonly string[];
  /** A line for each flag that has no meaning here. */
  readonly warnings: readonly string[];
}

/** How many words a command takes. */
export interface WordCount {
  readonly min: number;
  readonly max: number;
  /** What another number comes to: an error where left out. */
  readonly otherwise?: 'help';
}

/** A command of a program, and the commands under it. */
export interface CommandDefinition<F extends FlagTable> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** What follows the name where it is called: `use <workspace>`. */
  readonly usage?: string;
  /** Lines that show it at work. */
  readonly examples?: string;
  /** Left out of the list of commands. */
  readonly hidden?: boolean;
  /** Said on standard error before the command runs: what to use instead. */
  readonly deprecated?: string;
  readonly flags: F;
  /** Flags that are taken for other programs' sake. */
  readonly ignored?: readonly string[];
  readonly commands?: readonly Command[];
  /** How many words it takes; any number where left out. */
  readonly words?: WordCount;
  /** Gives the exit code. A command that only holds others has none, and shows its help. */
  readonly run?: (call: CommandCall<FlagValues<F>>) => Promise<number>;
  /** What the word that is being written may become; `call` has what stands before it. */
  readonly complete?: (call: CommandCall<FlagValues<F>>, word: string) => Promise<readonly string[]>;
}

/** A command whose flags' types are known to itself only. */
export interface Command {
  readonly name: string;
  readonly names: readonly string[];
  readonly summary: string;
  readonly hidden: boolean;
  readonly deprecated: string | undefined;
  readonly flags: FlagTable;
  readonly commands: readonly Command[];
  /** Reads the words after its name; `path` is how it was called. Throws FlagError. */
  ready(args: readonly string[], path: string): ReadyCommand;
  /** What a word behind these may become; nothing where they cannot be read. */
  complete(args: readonly string[], word: string): Promise<readonly string[]>;
}

/** What a command line comes to. */
export type ReadyCommand =
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'run'; readonly run: () => Promise<number> };

/** Declares a command. */
export function defineCommand<F extends FlagTable>(definition: CommandDefinition<F>): Command {
  const { name, aliases = [], summary, hidden = false, deprecated, flags, commands = [] } = definition;
  return {
    name,
    names: [name, ...aliases],
    summary,
    hidden,
    deprecated,
    flags,
    commands,
    ready: (args, path) => readyCommand(definition, args, path),
    complete: (args, word) => completeCommand(definition, args, word),
  };
}

async function completeCommand<F extends FlagTable>(
  { usage = '', summary, flags, ignored = [], complete }: CommandDefinition<F>,
  args: readonly string[],
  word: string,
): Promise<readonly string[]> {
  if (!complete) return [];
  try {
    const parsed = defineFlags({ usage, summary, flags, ignored, words: true }).parse(args);
    return parsed.kind === 'help' ? [] : await complete(parsed, word);
  } catch {
    // a shell that completes shows no errors, and commands and flags are offered all the same
    return [];
  }
}

function readyCommand<F extends FlagTable>(
  definition: CommandDefinition<F>,
  args: readonly string[],
  path: string,
): ReadyCommand {
  const { usage = '', flags, ignored = [], run, words } = definition;
  const line = `${path}${usage && ` ${usage}`}`;
  const reader = defineFlags({ usage: line, summary: preface(definition), flags, ignored, words: true });
  const help = { kind: 'help', text: `${reader.help()}${listCommands(definition.commands ?? [])}` } as const;
  const parsed = reader.parse(args);
  if (parsed.kind === 'help') return help;
  if (run === undefined) {
    const [unknown] = parsed.words;
    if (unknown === undefined) return help;
    const near = nearest(
      unknown,
      (definition.commands ?? []).flatMap(({ names }) => names).filter((name) => name[0] === unknown[0]),
    );
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    throw new FlagError([`unknown command "${unknown}" for "${path}"${hint}`]);
  }
  const count = parsed.words.length;
  if (words && (count < words.min || count > words.max)) {
    if (words.otherwise === 'help') return help;
    throw wrongCount(count, words, path);
  }
  return { kind: 'run', run: () => run(parsed) };
}

function wrongCount(count: number, { min, max }: WordCount, path: string): FlagError {
  const wanted = min === max ? `${min}` : `between ${min} and ${max}`;
  // in the words of cobra, since scripts look for them
  return new FlagError([`accepts ${wanted} arg(s), received ${count}`, `See "${path} --help".`]);
}

function preface<F extends FlagTable>({ summary, examples }: CommandDefinition<F>): string {
  return examples === undefined ? summary : `${summary}\n\nExamples:\n${examples.replaceAll(/^(?=.)/gm, '  ')}`;
}

function listCommands(commands: readonly Command[]): string {
  const shown = commands.filter(({ hidden }) => !hidden);
  if (shown.length === 0) return '';
  const width = Math.max(...shown.map(({ name }) => name.length));
  const lines = shown.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}\n`);
  return `\nCommands:\n${lines.join('')}`;
}
