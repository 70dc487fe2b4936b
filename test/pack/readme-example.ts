import { readFileSync } from 'node:fs';

/** The program that a README shows first, and what it is to print. */
export interface ReadmeExample {
  readonly code: string;
  readonly prints: readonly string[];
}

const FIRST_PROGRAM = /^```ts\n(.*?)^```$/ms;
const PRINTED = /^\s*(?:if .*)?console\.log\(.*\); \/\/ (.+)$/gm;

/**
 * Reads the first block of TypeScript in a README: a whole program, in which the comment behind a `console.log(…);` is what that
 * line prints. Throws where there is none.
 */
export function readmeExample(path: string): ReadmeExample {
  const code = FIRST_PROGRAM.exec(readFileSync(path, 'utf8'))?.[1];
  if (code === undefined) throw new Error(`${path} has no block of TypeScript`);
  return { code, prints: [...code.matchAll(PRINTED)].map(([, printed]) => printed ?? '') };
}
