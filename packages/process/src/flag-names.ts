import type { Flag } from './flag.ts';

/** Flags by all names they are given by, without dashes: the long one, and the letter. */
export function flagNames(flags: Readonly<Record<string, Flag<unknown>>>): ReadonlyMap<string, Flag<unknown>> {
  return new Map(
    Object.entries(flags).flatMap(([key, flag]) =>
      [kebab(key), ...(flag.short === undefined ? [] : [flag.short])].map((name) => [name, flag] as const),
    ),
  );
}

/** The name of a flag on the command line: `root-directory` of `rootDirectory`. */
export function kebab(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
