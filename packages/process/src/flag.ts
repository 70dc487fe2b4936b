import { z } from 'zod';
import { parseDuration } from './duration.ts';

/** How a flag is shown. */
export interface FlagOptions<D> {
  readonly default: D;
  /** The heading it stands under. */
  readonly group: string;
  readonly help: string;
  /** Left out of `--help`; the full list has it. */
  readonly hidden?: boolean;
  /** The letter that stands for the flag after one dash. */
  readonly short?: string;
}

/** One flag of a program: how its text is read, and how it is shown. */
export interface Flag<T> {
  readonly schema: z.ZodType<T>;
  /** A switch needs no value; a list may be given more than once, or its items separated by commas; texts only more than once. */
  readonly takes: 'value' | 'switch' | 'list' | 'texts';
  /** What stands for the value in help; empty for switches. */
  readonly placeholder: string;
  /** The default, as a person would write it. */
  readonly defaultText: string;
  readonly group: string;
  readonly help: string;
  readonly hidden: boolean;
  readonly short: string | undefined;
}

/** A text. */
export function textFlag(options: FlagOptions<string> & { placeholder?: string }): Flag<string> {
  return flag(options, { schema: z.string(), placeholder: options.placeholder ?? 'string', shown: options.default });
}

/** One of a few words. */
export function choiceFlag<const T extends string>(choices: readonly T[], options: FlagOptions<NoInfer<T>>): Flag<T> {
  const help = `${options.help} One of: ${choices.join(', ')}.`;
  return flag({ ...options, help }, { schema: z.enum(choices), placeholder: 'string', shown: options.default });
}

/** A whole number within bounds. */
export function integerFlag(options: FlagOptions<number> & { min?: number; max?: number }): Flag<number> {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = options;
  const schema = z
    .string()
    .regex(/^[+-]?\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));
  return flag(options, { schema, placeholder: 'int', shown: String(options.default) });
}

/** A number within bounds, also a broken one. */
export function numberFlag(options: FlagOptions<number> & { min?: number; max?: number }): Flag<number> {
  const { min = -Number.MAX_VALUE, max = Number.MAX_VALUE } = options;
  const schema = z
    .string()
    .regex(/^[+-]?(\d+\.?\d*|\.\d+)$/, 'must be a number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));
  return flag(options, { schema, placeholder: 'number', shown: String(options.default) });
}

/** A duration as Go writes it (`1m30s`); the value is in milliseconds. */
export function durationFlag(options: FlagOptions<string> & { positive?: boolean }): Flag<number> {
  const schema = z.string().transform((text, context) => {
    const value = parseDuration(text);
    if (value !== undefined && (value > 0 || !options.positive)) return value;
    context.addIssue(value === undefined ? 'must be a duration such as 30s or 1h30m' : 'must be more than 0');
    return z.NEVER;
  });
  return flag(options, { schema, placeholder: 'duration', shown: options.default });
}

/** Texts: separated by commas, or the flag given more than once. */
export function listFlag(options: FlagOptions<readonly string[]>): Flag<readonly string[]> {
  const schema = z.string().transform((text) => (text === '' ? [] : text.split(',')));
  return { ...flag(options, { schema, placeholder: 'strings', shown: options.default.join(',') }), takes: 'list' };
}

/** Texts that may have commas themselves: the flag given more than once. */
export function textsFlag(options: FlagOptions<readonly string[]> & { placeholder?: string }): Flag<readonly string[]> {
  const schema = z.string().transform((text) => (text === '' ? [] : text.split(TEXT_END)));
  const { placeholder = 'string' } = options;
  return { ...flag(options, { schema, placeholder, shown: options.default.join(TEXT_END) }), takes: 'texts' };
}

/** Between the texts of a `texts` flag: no command line has it within a text. */
export const TEXT_END = '\0';

/** On or off: `--flag`, `--flag=false`. */
export function switchFlag(options: FlagOptions<boolean>): Flag<boolean> {
  const schema = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true');
  return { ...flag(options, { schema, placeholder: '', shown: String(options.default) }), takes: 'switch' };
}

function flag<T>(
  options: Omit<FlagOptions<unknown>, 'default'>,
  kind: { schema: z.ZodType<T>; placeholder: string; shown: string },
): Flag<T> {
  return {
    schema: kind.schema,
    takes: 'value',
    placeholder: kind.placeholder,
    defaultText: kind.shown,
    group: options.group,
    help: options.help,
    hidden: options.hidden ?? false,
    short: options.short,
  };
}
