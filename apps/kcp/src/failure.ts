import { FlagError } from '@kcp/process';
import type { StartFlags } from './flags.ts';

/** Why the server did not start, in one line that says what to do; a bad command line has one for each problem. */
export function explain(error: unknown, flags?: StartFlags): string {
  if (error instanceof FlagError) return error.problems.map((problem) => `error: ${problem}`).join('\n');
  return `error: ${(flags && systemFailure(error, flags)) ?? firstLine(error)}`;
}

function systemFailure(error: unknown, { bindAddress, securePort }: StartFlags): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  const path = 'path' in error && typeof error.path === 'string' ? error.path : undefined;
  if (path !== undefined) return unreadable(path, error.code);
  switch (error.code) {
    case 'EADDRINUSE':
      return `port ${securePort} of ${bindAddress} is in use: stop what listens there, or choose another with --secure-port (0 takes a free one)`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${bindAddress} is no address of this machine: choose another with --bind-address`;
    case 'EACCES':
      return `no permission to listen on port ${securePort}: choose another with --secure-port`;
    default:
      return undefined;
  }
}

function unreadable(path: string, code: unknown): string | undefined {
  if (code === 'ENOENT') return `cannot read ${path}: there is no such file`;
  if (code === 'EACCES') return `cannot read ${path}: no permission`;
  return undefined;
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? '';
}
