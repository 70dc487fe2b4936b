import type { Authorizer } from '../authorizer.ts';
import type { Rbac } from '../rbac/rbac.ts';
import { MASTERS } from '../well-known.ts';
import { alwaysAllowGroups, alwaysAllowPaths, unionAuthorizers, withoutReasons } from './combine.ts';
import { requiredGroups } from './required-groups.ts';
import { guardSystemStatus } from './system-crds.ts';
import { workspaceContent } from './workspace-content.ts';
import type { LogicalClusterLookup } from './workspace-content.ts';

/** What the chain is made of. */
export interface AuthorizationOptions {
  readonly rbac: Rbac;
  readonly logicalCluster: LogicalClusterLookup;
  /** `/healthz`, `/livez` and `/readyz` where it is absent. */
  readonly alwaysAllowPaths?: readonly string[];
}

/** The two questions that can be asked. */
export interface Authorization {
  /** May they? */
  readonly authorize: Authorizer;
  /** Could they, were they let in? For deep subject access reviews. */
  readonly authorizeInside: Authorizer;
}

const HEALTH = ['/healthz', '/livez', '/readyz'];

/** The order in which a server asks, as kcp's default --authorization-order. */
export function authorization(options: AuthorizationOptions): Authorization {
  const { rbac, logicalCluster } = options;
  const first = [alwaysAllowGroups(MASTERS), alwaysAllowPaths(...(options.alwaysAllowPaths ?? HEALTH))];
  const roles = guardSystemStatus(rbac.authorize);
  const content = workspaceContent({ logicalCluster, rbac: rbac.authorize, inside: roles });
  return {
    authorize: unionAuthorizers(...first, withoutReasons(requiredGroups(logicalCluster, content))),
    authorizeInside: unionAuthorizers(...first, withoutReasons(roles)),
  };
}
