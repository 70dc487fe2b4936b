import { ApiError } from '@kcp/api-machinery';
import { ConnectionError, type ResourceClient } from '@kcp/client';
import { setTimeout as delay } from 'node:timers/promises';
import { CliError } from '../cli-error.ts';
import type { Workspace } from '../kinds.ts';
import type { Output } from '../output.ts';

/** How a workspace is waited for. */
export interface ReadyOptions {
  readonly output: Output;
  /** The most milliseconds. */
  readonly patienceMs: number;
}

/** Between two looks at a workspace that may be read but not watched, in milliseconds. */
const LOOK_MS = 500;

/**
 * Waits until a workspace is ready: by a watch, begun anew where it ends; by looking now and then where the user may not watch. Rejects
 * with CliError where it takes too long or the workspace goes away.
 */
export async function untilReady(
  workspaces: ResourceClient<Workspace>,
  created: Workspace,
  { output, patienceMs }: ReadyOptions,
): Promise<Workspace> {
  const signal = AbortSignal.timeout(patienceMs);
  let last = created;
  const see = (workspace: Workspace): boolean => {
    last = workspace;
    output.waiting(`  ${describe(workspace)}`);
    return workspace.status?.phase === 'Ready';
  };
  try {
    see(created);
    while (!(await watchUntil(workspaces, last, { see, signal }))) {
      if (see(await workspaces.get(created.metadata.name ?? '', { signal }))) break;
    }
    return last;
  } catch (error) {
    throw signal.aborted ? new CliError(tooLong(last, patienceMs)) : error;
  } finally {
    output.waiting('');
  }
}

interface Watching {
  readonly see: (workspace: Workspace) => boolean;
  readonly signal: AbortSignal;
}

/** True once it is ready; false where the watch ended before. */
async function watchUntil(
  workspaces: ResourceClient<Workspace>,
  { metadata: { name = '', resourceVersion } }: Workspace,
  { see, signal }: Watching,
): Promise<boolean> {
  try {
    const from = resourceVersion === undefined ? {} : { resourceVersion };
    for await (const event of workspaces.watch({ fieldSelector: `metadata.name=${name}`, ...from, signal })) {
      if (event.type === 'BOOKMARK') continue;
      if (event.type === 'DELETED') throw new CliError(`workspace "${name}" was deleted before it was ready`);
      if (see(event.object)) return true;
    }
    await delay(LOOK_MS, undefined, { signal });
  } catch (error) {
    if (!isEndOfWatch(error)) throw error;
    if (!(error instanceof ApiError) || error.code !== 410) await delay(LOOK_MS, undefined, { signal });
  }
  return false;
}

/** Not allowed to watch, too late, or a connection that went: looking may do all the same. */
function isEndOfWatch(error: unknown): boolean {
  if (error instanceof ConnectionError) return error.phase === 'lost' || error.phase === 'malformed';
  return error instanceof ApiError && [403, 405, 410].includes(error.code);
}

function describe({ status = {} }: Workspace): string {
  const initializers = status.initializers ?? [];
  const waiting = initializers.length > 0 ? `, waiting for ${initializers.join(', ')}` : '';
  return `${status.phase ?? 'Scheduling'}${waiting} …`;
}

function tooLong(workspace: Workspace, patienceMs: number): string {
  const name = workspace.metadata.name ?? '';
  const failing = workspace.status?.conditions?.find(({ status, message }) => status === 'False' && message);
  const why = failing ? ` (${failing.type}: ${failing.message})` : '';
  return (
    `workspace "${name}" is not ready after ${patienceMs / 1000} s: ${describe(workspace).slice(0, -2)}${why}. ` +
    `It goes on by itself; look at it with "kubectl get workspace ${name} -o yaml", or wait again with --ignore-existing`
  );
}
