/** What a command could not do, in words for the person at the terminal. */
export class CliError extends Error {
  override readonly name = 'CliError';
}
