import parser from 'yargs-parser';
import { TEXT_END, type Flag } from './flag.ts';
import { listFlags } from './flag-listing.ts';
import { kebab } from './flag-names.ts';
import { nearest } from './nearest.ts';

/** A program's flags by the name of their value: `rootDirectory` is `--root-directory`. */
export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

/** What the flags of a table come to. */
export type FlagValues<F extends FlagTable> = { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never };

/** A command and its flags. */
export interface FlagsDefinition<F extends FlagTable> {
  /** The line that shows how it is called: `kcp start [flags]`. */
  readonly usage: string;
  readonly summary: string;
  readonly flags: F;
  /** Flags that are taken for other programs' sake and mean nothing here; a `*` at the end stands for any rest. */
  readonly ignored?: readonly string[];
  /** True where words may stand among the flags; an error where left out. */
  readonly words?: boolean;
}

/** What a command line asks for. */
export type ParsedFlags<V> =
  | {
      readonly kind: 'run';
      readonly values: V;
      /** A line for each ignored flag. */
      readonly warnings: readonly string[];
      /** What is no flag, in its order. */
      readonly words: readonly string[];
      /** What follows `--`, untouched. */
      readonly rest: readonly string[];
    }
  | { readonly kind: 'help'; readonly text: string };

/** A command line that cannot be read; the message has a line for each problem. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** A command's flags, ready to read command lines and to be shown. */
export interface Flags<F extends FlagTable> {
  /** Reads the arguments after the command's name. Throws FlagError. */
  parse(args: readonly string[]): ParsedFlags<FlagValues<F>>;
  /** What `--help` prints. */
  help(): string;
  /** Every flag with its default, the hidden ones too. */
  listing(): string;
}

/** Declares a command's flags. */
export function defineFlags<F extends FlagTable>(definition: FlagsDefinition<F>): Flags<F> {
  const byName = new Map<string, NamedFlag>();
  for (const [key, flag] of Object.entries(definition.flags)) byName.set(kebab(key), { key, flag });
  const shown = [...byName].map(([name, { flag }]) => ({ name, flag }));
  const listing = (): string => listFlags(shown);
  const help = (): string => {
    const visible = shown.filter(({ flag }) => !flag.hidden);
    return `${definition.summary}\n\nUsage:\n  ${definition.usage}\n\n${listFlags(visible)}`;
  };
  return {
    help,
    listing,
    parse: (args) => {
      const end = args.indexOf('--');
      const before = end < 0 ? args : args.slice(0, end);
      const rest = end < 0 ? [] : args.slice(end + 1);
      const plain = definition.words ? before.map((word) => withValue(word, byName)) : before;
      const { _: loose, ...given } = readArguments(plain, byName);
      const words = loose.map(String);
      if ('help' in given || 'h' in given) return { kind: 'help', text: help() };
      const sorted = sortOut(Object.keys(given), byName, definition.ignored ?? []);
      const unexpected = definition.words ? [] : [...words, ...rest];
      const problems = [...unexpected.map((word) => `unexpected argument: ${word}`), ...sorted.problems];
      const values = readValues<F>(given, byName, problems);
      if (problems.length > 0) throw new FlagError(problems);
      return { kind: 'run', values, warnings: sorted.warnings, words, rest };
    },
  };
}

interface NamedFlag {
  readonly key: string;
  readonly flag: Flag<unknown>;
}

type Given = Readonly<Record<string, unknown>> & { readonly _: readonly (string | number)[] };

/** From words to names and texts; what they mean is decided later. */
function readArguments(args: readonly string[], byName: ReadonlyMap<string, NamedFlag>): Given {
  const trap = args.find((word) => (/^--?([^=]+)/.exec(word)?.[1] ?? '-') in {});
  // Names that every object has confuse the reader below.
  if (trap !== undefined) throw new FlagError([`unknown flag: ${trap}`]);
  const names = [...byName.keys()];
  const wanting = names.filter((name) => byName.get(name)?.flag.takes !== 'switch');
  const { argv, error } = parser.detailed([...args], {
    configuration: {
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
    },
    string: names,
    boolean: ['help', 'h'],
    alias: Object.fromEntries([...byName].flatMap(([name, { flag }]) => (flag.short ? [[flag.short, [name]]] : []))),
    // one value, which is no flag
    narg: Object.fromEntries(wanting.map((name) => [name, NaN])),
  });
  if (error) {
    const name = /^Not enough arguments following: (.+)$/.exec(error.message)?.[1];
    throw new FlagError([name === undefined ? error.message : `--${name} needs a value`]);
  }
  return argv;
}

/** A switch says that it is on, so that the word behind it is not taken for its value. */
function withValue(word: string, byName: ReadonlyMap<string, NamedFlag>): string {
  const named = (name: string, { flag }: NamedFlag): boolean => word === `--${name}` || word === `-${flag.short}`;
  const found = [...byName].find(([name, entry]) => named(name, entry));
  return found?.[1].flag.takes === 'switch' ? `${word}=true` : word;
}

function sortOut(given: readonly string[], byName: ReadonlyMap<string, NamedFlag>, ignored: readonly string[]) {
  const problems: string[] = [];
  const warnings: string[] = [];
  const letters = new Set([...byName.values()].map(({ flag }) => flag.short));
  for (const name of given) {
    if (byName.has(name) || letters.has(name)) continue;
    const written = name.length === 1 ? `-${name}` : `--${name}`;
    if (ignored.some((pattern) => matches(name, pattern))) {
      warnings.push(`flag ${written} has no meaning here and is ignored`);
      continue;
    }
    const near = nearest(name, byName.keys());
    problems.push(`unknown flag: ${written}${near === undefined ? '' : `; did you mean --${near}?`}`);
  }
  return { problems, warnings };
}

function matches(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** Every flag's value, given or by default; what cannot be read is added to `problems`. */
function readValues<F extends FlagTable>(
  given: Readonly<Record<string, unknown>>,
  byName: ReadonlyMap<string, NamedFlag>,
  problems: string[],
): FlagValues<F> {
  const values: Record<string, unknown> = {};
  for (const [name, { key, flag }] of byName) {
    const text = Object.hasOwn(given, name) ? textOf(given[name], flag) : flag.defaultText;
    const read = flag.schema.safeParse(text);
    if (read.success) values[key] = read.data;
    else
      for (const issue of read.error.issues) problems.push(`invalid value "${text}" for --${name}: ${issue.message}`);
  }
  return values as FlagValues<F>;
}

/** Of a flag given more than once a list takes all, everything else the last; a switch without a value is on. */
function textOf(value: unknown, flag: Flag<unknown>): string {
  const texts = [value].flat().map(String);
  if (flag.takes === 'switch') return texts.at(-1) || 'true';
  if (flag.takes === 'texts') return texts.join(TEXT_END);
  return flag.takes === 'list' ? texts.join(',') : (texts.at(-1) ?? '');
}
