import { ApiError } from '@kcp/api-machinery';
import { retryAfterSeconds } from '@kcp/client';
import { parsePath, type ClusterPath } from '@kcp/logical-cluster';
import { setTimeout as delay } from 'node:timers/promises';
import { CliError } from '../cli-error.ts';
import { parseClusterUrl } from '../cluster-url.ts';
import { kcpKinds, type Workspace } from '../kinds.ts';
import type { Session } from '../session.ts';

/** How long a home that is being made is waited for, in milliseconds. */
const PATIENCE_MS = 30_000;

/**
 * The path, or the name, of the user's own workspace: the root workspace's `~` says where it is. Asking for it makes it, and until it is
 * made the server wants to be asked again; so it is, for half a minute.
 */
export async function homePath(
  session: Pick<Session, 'client' | 'output'>,
  patienceMs = PATIENCE_MS,
): Promise<ClusterPath> {
  const url = (await findHome(session, patienceMs)).spec?.URL ?? '';
  const path = parseClusterUrl(url)?.path ?? parsePath(url);
  if (path === undefined) throw new CliError(`invalid home workspace URL "${url}"`);
  return path;
}

async function findHome(
  { client, output }: Pick<Session, 'client' | 'output'>,
  patienceMs: number,
): Promise<Workspace> {
  const workspaces = client.cluster('root').of(kcpKinds.Workspace);
  const signal = AbortSignal.timeout(patienceMs);
  try {
    for (;;) {
      try {
        return await workspaces.get('~', { signal });
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 429) throw error;
        output.waiting('  making your home workspace …');
        await delay((retryAfterSeconds(error) ?? 1) * 1000, undefined, { signal });
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new CliError(
      `your home workspace is not there after ${patienceMs / 1000} s: the server is still making it; try again`,
    );
  } finally {
    output.waiting('');
  }
}
