import type { X509Certificate } from 'node:crypto';
import {
  authorization,
  bootstrapPolicy,
  isAuthorizerName,
  rbac,
  serviceAccountIssuer,
  withAuthenticationMetrics,
  withFixedPolicy,
  type Authenticator,
  type Authorization,
  type Rbac,
  type LegacyTokenUse,
  type ServiceAccountIssuer,
  type StaticToken,
} from '@kcp/auth';
import { boundExports } from '@kcp/api-sharing';
import { parseName, systemAdmin, type LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import type { Outbound } from '@kcp/outbound';
import type { Logger, Meter } from '@kcp/telemetry';
import { clusterLookup, type ClusterLookup } from '@kcp/tenancy';
import type { AdminCredentials } from './admin-credentials.ts';
import type { Ambient } from './ambient.ts';
import { authenticators, type Authenticators } from './authentication.ts';

import { isEnabled } from './feature-gates.ts';
import type { ServerOptions } from './options.ts';
import { ruleSource } from './rule-source.ts';
import type { SignIn } from './sign-in.ts';
import type { ServiceAccountKeys } from './service-account-keys.ts';
import type { ServiceAccountSettings } from './service-account-settings.ts';
import { workspaceAuthentication } from './workspace-authentication.ts';

/** Who anybody is, and what they may. */
export interface Identity {
  readonly authenticate: Authenticator;
  readonly may: Authorization;
  readonly rbac: Rbac;
  /** What requests need to know of logical clusters. */
  readonly clusters: ClusterLookup;
  readonly issuer: ServiceAccountIssuer;
  /** The logical cluster of a service-account token that is good: where a path names none, it is meant. */
  readonly clusterOfToken: (token: string) => LogicalCluster | undefined;
}

/** What identity is made of. */
export interface IdentityParts {
  readonly store: ObjectReader;
  readonly credentials: AdminCredentials;
  readonly keys: ServiceAccountKeys;
  readonly accounts: ServiceAccountSettings;
  readonly tokens: readonly StaticToken[];
  readonly signIn: SignIn;
  readonly meter: Meter;
  /** Authorities whose client certificates count in one logical cluster only. */
  readonly confining: () => readonly X509Certificate[];
  /** Told of each use of a token that lives in a Secret. */
  readonly onLegacyUse: (use: LegacyTokenUse) => void;
  /** Calls to addresses that tenants choose. */
  readonly outbound: Outbound;
  readonly logger: Logger;
}

/** Joins authenticators, RBAC over the store and the order in which authorization is asked. */
export function identity(options: ServerOptions, parts: IdentityParts, { clock, newId }: Ambient): Identity {
  const { store, keys, accounts, signIn, meter } = parts;
  const clusters = clusterLookup(store);
  const rules = rbac({ source: withFixedPolicy(ruleSource(store), systemAdmin, bootstrapPolicy()) });
  const { alwaysAllowPaths, authorizationOrder, anonymousAuth = true, bootstrapTokens = false } = options;
  const may = authorization({
    rbac: rules,
    logicalCluster: clusters,
    boundExport: boundExports(store),
    ...(alwaysAllowPaths && { alwaysAllowPaths }),
    ...(authorizationOrder && { order: authorizationOrder.filter(isAuthorizerName) }),
    ...(signIn.authorizationWebhook && { webhook: signIn.authorizationWebhook }),
  });
  const who = authenticators({
    ...parts,
    keys: keys.verification,
    issuers: accounts.issuers,
    audiences: accounts.audiences,
    ...(isEnabled(options, 'WorkspaceAuthentication') && {
      workspaceTokens: workspaceAuthentication({ ...parts, clusters, clock }),
    }),
    clock,
    anonymous: signIn.anonymous ?? { enabled: anonymousAuth, conditions: [] },
    bootstrapTokens,
    onLegacyUse: parts.onLegacyUse,
  });
  const authenticate = withAuthenticationMetrics(who.authenticate, meter, clock);
  return {
    authenticate,
    may,
    rbac: rules,
    clusters,
    issuer: serviceAccountIssuer({ key: keys.signing, issuer: accounts.issuer, clock, uuid: newId }),
    clusterOfToken: (token) => clusterOfToken(who, token),
  };
}

const CLUSTER_NAME = 'authentication.kcp.io/cluster-name';

function clusterOfToken({ serviceAccount }: Authenticators, token: string): LogicalCluster | undefined {
  if (!token.startsWith('ey')) return undefined;
  const answer = serviceAccount(token);
  if (answer.kind !== 'authenticated') return undefined;
  const name = answer.user.extra[CLUSTER_NAME]?.[0];
  return name === undefined ? undefined : parseName(name);
}
