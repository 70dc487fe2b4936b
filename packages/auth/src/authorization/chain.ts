import { quote } from '@kcp/api-machinery';
import type { Attributes, Authorizer } from '../authorizer.ts';
import type { LayeredRbac } from '../rbac/rbac.ts';
import { MASTERS } from '../well-known.ts';
import { alwaysAllowGroups, alwaysAllowPaths, unionAuthorizers, withoutReasons } from './combine.ts';
import type { SyncAuthorizer } from './combine.ts';
import { maximalPermissionPolicy } from './maximal-permission-policy.ts';
import type { BoundExportLookup } from './maximal-permission-policy.ts';
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
  /** Which export a resource of a logical cluster comes from; absent: none does. */
  readonly boundExport?: BoundExportLookup;
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
  const roles = policies(rbac);
  const bounded = maximalPermissionPolicy({
    boundExport: options.boundExport ?? (() => undefined),
    permits: rbac.authorizeAt,
    inside: roles,
  });
  const guarded = afterEntry(bounded);
  const content = recorded('02-content', workspaceContent({ logicalCluster, rbac: rbac.authorize, inside: guarded }));
  const outside = withoutReasons(recorded('01-requiredgroups', requiredGroups(logicalCluster, content)));
  const inside = withoutReasons(passed('01-requiredgroups', passed('02-content', afterEntry(passedOver(roles)))));
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

/** What is asked about those who are in. */
function afterEntry(permissions: Authorizer): Authorizer {
  return recorded('03-systemcrd', guardSystemStatus(recorded('04-maxpermissionpolicy', permissions)));
}

/** Asks the next one: the question is what somebody could, were they let in by this step. */
function passedOver(inside: Authorizer): Authorizer {
  return (attributes) => delegate('deep SAR request', inside, attributes);
}

function passed(step: string, inside: Authorizer): Authorizer {
  return recorded(step, passedOver(inside));
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
