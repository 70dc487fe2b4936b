import { child, parent, parsePath, type ClusterPath } from '@kcp/logical-cluster';
import { CliError } from './cli-error.ts';

/**
 * The path that a word means, seen from a workspace: `a`, `a:b` and `a/b` are below it, `..` above it, `:root:a` is absolute. Throws
 * CliError where it is no path; `asked` is how the user wrote it.
 */
export function resolveWorkspacePath(current: ClusterPath, word: string, asked = word): ClusterPath {
  const steps = word.replaceAll('/', ':');
  const absolute = steps.startsWith(':');
  let path: ClusterPath | undefined = absolute ? undefined : current;
  for (const step of (absolute ? steps.slice(1) : steps).split(':')) {
    if (step === '.') continue;
    if (step === '..') {
      if (path === undefined) throw new CliError('cannot go up from root');
      path = parent(path);
      continue;
    }
    path = path === undefined ? parsePath(step) : child(path, step);
    if (path === undefined) throw invalid(asked);
  }
  if (path === undefined) throw invalid(asked);
  return path;
}

/** True where a word goes by way of `.` or `..`. */
export function hasDots(word: string): boolean {
  return word.split(/[:/]/).some((step) => step === '.' || step === '..');
}

/** The topmost workspace above a path: `root`, or a logical cluster that is nobody's child. */
export function topOf(path: ClusterPath): ClusterPath {
  const above = parent(path);
  return above === undefined ? path : topOf(above);
}

function invalid(word: string): CliError {
  return new CliError(`invalid workspace path: ${word}`);
}
