import { root } from '@kcp/logical-cluster';
import { kcpKinds } from '../kinds.ts';
import { currentWorkspace, type Session } from '../session.ts';
import { resolveWorkspacePath } from '../workspace-path.ts';

/** The most names that a shell is offered. */
const MOST = 500;

/** How long a shell waits for names, in milliseconds. */
const PATIENCE_MS = 3000;

/**
 * The workspaces that a word may become: those in the workspace that it leads to so far. Empty where there are none, or none are to be
 * had: a shell that completes shows no errors.
 */
export async function completeWorkspace(session: Session, word: string): Promise<readonly string[]> {
  const end = Math.max(word.lastIndexOf(':'), word.lastIndexOf('/')) + 1;
  const lead = word.slice(0, end);
  if (lead === ':') return [`:${root}`].filter((name) => name.startsWith(word));
  try {
    const { path } = currentWorkspace(session);
    const place = resolveWorkspacePath(path, lead.replace(/[:/]$/, '') || '.');
    const workspaces = session.client.cluster(place).of(kcpKinds.Workspace);
    const { items } = await workspaces.list({ limit: MOST, signal: AbortSignal.timeout(PATIENCE_MS) });
    return items.map(({ metadata: { name = '' } }) => `${lead}${name}`).filter((name) => name.startsWith(word));
  } catch {
    return [];
  }
}
