/** The oldest Node that runs TypeScript files as they are and has `await using` and its stacks. */
const oldest = [24, 0, 0] as const;

/** Why this Node cannot run the program, as a line to print; nothing where it can. */
export function nodeVersionProblem(version: string = process.versions.node): string | undefined {
  const parts = version.replace(/^v/, '').split(/[.+-]/).map(Number);
  for (const [at, least] of oldest.entries()) {
    const part = parts[at] ?? 0;
    if (part > least) return undefined;
    if (part < least) return `Node ${oldest.join('.')} or newer is needed, this is ${version}`;
  }
  return undefined;
}
