import { ownerText } from '../admission/owner.ts';
import type { Birth } from '../birth/birth.ts';
import type { BirthDeps, Unborn } from '../birth/give-birth.ts';
import { homeClusterName } from '../cluster/cluster-name.ts';
import { HOMES } from '../cluster/resolve-path.ts';
import { shardFor } from '../cluster/shard.ts';
import { resolveType, TypeRefusal, withExtended } from '../type/resolve-type.ts';
import { OWNER_ANNOTATION } from '../well-known.ts';
import { root } from '@kcp/logical-cluster';
import type { UserInfo } from '@kcp/auth';
import { parsePath } from '@kcp/logical-cluster';

/** The type that homes have. */
const HOME_TYPE = 'home';

/** A Workspace that nobody has: a home asks for any shard. */
const anywhere = { apiVersion: '', kind: '', metadata: {} };

/** Decides what a user's home begins with: it has no Workspace and is owned by its user alone. */
export function conceiveHome(deps: BirthDeps, user: UserInfo): Birth | Unborn {
  const shard = shardFor(deps.store, anywhere, deps.shard);
  if ('why' in shard) return { kind: 'unborn', why: shard.why };
  const above = parsePath(root);
  if (above === undefined) return { kind: 'unborn', why: `${root} is not a path` };
  try {
    const types = withExtended(deps.store, resolveType(deps.store, { path: root, name: HOME_TYPE }, above));
    const annotations = { [OWNER_ANNOTATION]: ownerText(user) };
    return { cluster: homeClusterName(user.name), path: `${HOMES}:${user.name}`, annotations, shard, types };
  } catch (error) {
    if (error instanceof TypeRefusal) return { kind: 'unborn', why: error.message };
    throw error;
  }
}
