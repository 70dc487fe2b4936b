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
import { parseName, systemAdmin, type LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import type { Meter } from '@kcp/telemetry';
import type { AdminCredentials } from './admin-credentials.ts';
import type { Ambient } from './ambient.ts';
import { authenticators, type Authenticators } from './authentication.ts';
import { logicalClusterLookup } from './logical-clusters.ts';
import type { ServerOptions } from './options.ts';
import { ruleSource } from './rule-source.ts';
import type { SignIn } from './sign-in.ts';
import type { ServiceAccountKeys } from './service-account-keys.ts';
import type { ServiceAccountSettings } from './service-account-settings.ts';

/** Who anybody is, and what they may. */
export interface Identity {
  readonly authenticate: Authenticator;
  readonly may: Authorization;
  readonly rbac: Rbac;
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
}

/** Joins authenticators, RBAC over the store and the order in which authorization is asked. */
export function identity(
  options: ServerOptions,
  { store, credentials, keys, accounts, tokens, confining, signIn, meter, onLegacyUse }: IdentityParts,
  { clock, newId }: Ambient,
): Identity {
  const rules = rbac({ source: withFixedPolicy(ruleSource(store), systemAdmin, bootstrapPolicy()) });
  const { alwaysAllowPaths, authorizationOrder, anonymousAuth = true, bootstrapTokens = false } = options;
  const may = authorization({
    rbac: rules,
    logicalCluster: logicalClusterLookup(store),
    ...(alwaysAllowPaths && { alwaysAllowPaths }),
    ...(authorizationOrder && { order: authorizationOrder.filter(isAuthorizerName) }),
    ...(signIn.authorizationWebhook && { webhook: signIn.authorizationWebhook }),
  });
  const who = authenticators({
    store,
    credentials,
    tokens,
    keys: keys.verification,
    issuers: accounts.issuers,
    audiences: accounts.audiences,
    confining,
    clock,
    anonymous: signIn.anonymous ?? { enabled: anonymousAuth, conditions: [] },
    bootstrapTokens,
    onLegacyUse,
    signIn,
  });
  const authenticate = withAuthenticationMetrics(who.authenticate, meter, clock);
  return {
    authenticate,
    may,
    rbac: rules,
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
