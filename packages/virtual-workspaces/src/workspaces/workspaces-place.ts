import { parseScope, type ClusterScope } from '@kcp/logical-cluster';

/** Whose rights count: those that somebody has in their own name, or also those of their groups. */
export type EntryScope = 'personal' | 'all';

/** What follows `/services/workspaces`. */
export interface WorkspacesPlace {
  /** Below which logical cluster the workspaces are; the wildcard: anywhere. */
  readonly below: ClusterScope;
  readonly scope: EntryScope;
  readonly path: string;
}

const PLACE = /^\/([^/]+)\/(personal|all)(\/.*)?$/s;

/** Reads `/<name, path or *>/<personal or all>/…`; undefined where the text is nothing of the kind. */
export function readWorkspacesPlace(rest: string): WorkspacesPlace | undefined {
  const [, raw, scope, path = '/'] = PLACE.exec(rest) ?? [];
  const below = raw === undefined ? undefined : parseScope(raw.replaceAll(/%3a/gi, ':').replace('%2A', '*'));
  if (below === undefined || (scope !== 'personal' && scope !== 'all')) return undefined;
  return { below, scope, path };
}
