import { quote } from '@kcp/api-machinery';
import type { Attributes, Authorizer } from '../authorizer.ts';
import type { LayeredRbac } from '../rbac/rbac.ts';
import { MASTERS } from '../well-known.ts';
import { alwaysAllowGroups, alwaysAllowPaths, unionAuthorizers, withoutReasons } from './combine.ts';
import type { SyncAuthorizer } from './combine.ts';
import { delegate, recorded } from './recorded.ts';
import { requiredGroups } from './required-groups.ts';
import { guardSystemStatus } from './system-crds.ts';
import { workspaceContent } from './workspace-content.ts';
import type { LogicalClusterLookup } from './workspace-content.ts';

/** The authorizers that --authorization-order names (kcp's server options). */
export const AUTHORIZERS = ['AlwaysAllowGroups', 'AlwaysAllowPaths', 'RBAC', 'Webhook'] as const;

/** One of them. */
export type AuthorizerName = (typeof AUTHORIZERS)[number];

/** What the chain is made of. */
export interface AuthorizationOptions {
  readonly rbac: LayeredRbac;
  readonly logicalCluster: LogicalClusterLookup;
  /** `/healthz`, `/livez` and `/readyz` where it is absent. */
  readonly alwaysAllowPaths?: readonly string[];
  /** Who is asked after whom; what is not named is not asked. All of `AUTHORIZERS`, in that order, where it is absent. */
  readonly order?: readonly AuthorizerName[];
  /** The authorization webhook, where there is one. */
  readonly webhook?: Authorizer;
}

/** The two questions that can be asked. */
export interface Authorization {
  /** May they? */
  readonly authorize: Authorizer;
  /** Could they, were they let in? For deep subject access reviews. */
  readonly authorizeInside: Authorizer;
}

const HEALTH = ['/healthz', '/livez', '/readyz'];

/** True for a name of an authorizer. */
export function isAuthorizerName(name: string): name is AuthorizerName {
  return AUTHORIZERS.some((known) => known === name);
}

/** The order in which a server asks. */
export function authorization(options: AuthorizationOptions): Authorization {
  const { rbac, logicalCluster, order = AUTHORIZERS, webhook } = options;
  const permissions = recorded('04-maxpermissionpolicy', (attributes) =>
    delegate('no relevant binding found', policies(rbac), attributes),
  );
  const roles = recorded('03-systemcrd', guardSystemStatus(permissions));
  const content = recorded('02-content', workspaceContent({ logicalCluster, rbac: rbac.authorize, inside: roles }));
  const outside = withoutReasons(recorded('01-requiredgroups', requiredGroups(logicalCluster, content)));
  const inside = withoutReasons(roles);
  const named = (name: AuthorizerName, rules: Authorizer): readonly Authorizer[] => {
    switch (name) {
      case 'AlwaysAllowGroups':
        return [alwaysAllowGroups(MASTERS)];
      case 'AlwaysAllowPaths':
        return [alwaysAllowPaths(...(options.alwaysAllowPaths ?? HEALTH))];
      case 'RBAC':
        return [rules];
      case 'Webhook':
        return webhook ? [webhook] : [];
    }
  };
  return {
    authorize: unionAuthorizers(...order.flatMap((name) => named(name, outside))),
    authorizeInside: unionAuthorizers(...order.flatMap((name) => named(name, inside))),
  };
}

/** What the roles say: all in one look, or where it is written down the bootstrap policy and the logical cluster's own by themselves. */
function policies(rbac: LayeredRbac): Authorizer {
  const apart = unionAuthorizers(
    recorded(
      '05-bootstrap',
      withPrefix(() => 'bootstrap policy', rbac.authorizeBootstrap),
    ),
    recorded(
      '05-local',
      withPrefix(
        ({ cluster }) => `local cluster ${quote(typeof cluster === 'string' ? cluster : '*')} policy`,
        rbac.authorizeLocal,
      ),
    ),
  );
  return (attributes) => (attributes.record === undefined ? rbac.authorize(attributes) : apart(attributes));
}

function withPrefix(prefix: (attributes: Attributes) => string, authorizer: SyncAuthorizer): SyncAuthorizer {
  return (attributes) => {
    const { kind, reason } = authorizer(attributes);
    return { kind, reason: `${prefix(attributes)}: ${reason}` };
  };
}
