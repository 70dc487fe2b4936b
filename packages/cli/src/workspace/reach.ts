import { ApiError, isArray, own, type JsonObject } from '@kcp/api-machinery';
import { asName, base, parent, root, type ClusterPath } from '@kcp/logical-cluster';
import type { Client } from '@kcp/client';
import { CliError } from '../cli-error.ts';
import { kcpKinds, type WorkspaceTypeReference } from '../kinds.ts';
import { genericRefusal } from '../refusal.ts';

/** A workspace that somebody wants to go to. */
export interface Sought {
  readonly path: ClusterPath;
  /** The path as it was asked for, before `..` was followed. */
  readonly asked: string;
  /** False where the parent's Workspace object is not asked for. */
  readonly withType: boolean;
}

/**
 * Finds out whether a workspace can be entered, and its type where the user may see that. What it serves decides; its Workspace object
 * in the parent only tells more. Throws ApiError or CliError where it cannot be entered.
 */
export async function reachWorkspace(
  client: Client,
  { path, asked, withType }: Sought,
): Promise<WorkspaceTypeReference | undefined> {
  const [denied, seen] = await Promise.all([
    isDenied(client.cluster(path)),
    withType || asName(path) === root ? look(client, path) : undefined,
  ]);
  if (denied)
    throw new CliError(seen === 'missing' ? `workspace "${asked}" not found` : `access to workspace "${asked}" denied`);
  return seen === 'missing' ? undefined : seen;
}

/** True where the workspace shows its visitor nothing. Throws ApiError where it is not there. */
async function isDenied(workspace: Client): Promise<boolean> {
  const [core, named] = await Promise.allSettled([workspace.request('/api'), workspace.request('/apis')]);
  for (const { result, tolerated } of [
    { result: core, tolerated: 404 },
    { result: named, tolerated: 0 },
  ]) {
    if (result.status === 'fulfilled') continue;
    const error: unknown = result.reason;
    if (!(error instanceof ApiError)) throw error;
    if (error.code === 403) return true;
    if (error.code !== tolerated) throw genericRefusal(error);
  }
  return core.status === 'rejected' && named.status === 'fulfilled' && groupCount(named.value) === 0;
}

function groupCount(groups: JsonObject): number {
  const list = own(groups, 'groups');
  return isArray(list) ? list.length : 0;
}

async function look(client: Client, path: ClusterPath): Promise<WorkspaceTypeReference | 'missing' | undefined> {
  const above = parent(path);
  if (asName(path) === root) return { name: 'root' };
  // a logical cluster's name has no parent that could be asked
  if (above === undefined) return undefined;
  try {
    return (await client.cluster(above).of(kcpKinds.Workspace).get(base(path))).spec?.type;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return error.code === 404 ? 'missing' : undefined;
  }
}
