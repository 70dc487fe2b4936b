import {
  authorization,
  bootstrapPolicy,
  rbac,
  serviceAccountIssuer,
  withFixedPolicy,
  type Authenticator,
  type Authorization,
  type Rbac,
  type ServiceAccountIssuer,
  type StaticToken,
} from '@kcp/auth';
import { parseName, systemAdmin, type LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import type { AdminCredentials } from './admin-credentials.ts';
import type { Ambient } from './ambient.ts';
import { authenticators } from './authentication.ts';
import { logicalClusterLookup } from './logical-clusters.ts';
import type { ServerOptions } from './options.ts';
import { ruleSource } from './rule-source.ts';
import type { ServiceAccountKeys } from './service-account-keys.ts';

/** The `iss` of service-account tokens, and the audience that the server itself is. */
export const ISSUER = 'https://kcp.default.svc';

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
  readonly tokens: readonly StaticToken[];
}

/** Joins authenticators, RBAC over the store and the order in which authorization is asked. */
export function identity(
  options: ServerOptions,
  { store, credentials, keys, tokens }: IdentityParts,
  { clock, newId }: Ambient,
): Identity {
  const rules = rbac({ source: withFixedPolicy(ruleSource(store), systemAdmin, bootstrapPolicy()) });
  const { alwaysAllowPaths, anonymousAuth: anonymous = true } = options;
  const may = authorization({
    rbac: rules,
    logicalCluster: logicalClusterLookup(store),
    ...(alwaysAllowPaths && { alwaysAllowPaths }),
  });
  const authenticate = authenticators({
    store,
    credentials,
    tokens,
    keys: keys.verification,
    issuer: ISSUER,
    audiences: [ISSUER],
    clock,
    anonymous,
  });
  return {
    authenticate,
    may,
    rbac: rules,
    issuer: serviceAccountIssuer({ key: keys.signing, issuer: ISSUER, clock, uuid: newId }),
    clusterOfToken: (token) => clusterOfToken(authenticate, token),
  };
}

const CLUSTER_NAME = 'authentication.kcp.io/cluster-name';

function clusterOfToken(authenticate: Authenticator, token: string): LogicalCluster | undefined {
  if (!token.startsWith('ey')) return undefined;
  const answer = authenticate({ token, certificate: undefined });
  if (answer instanceof Promise || answer.kind !== 'authenticated') return undefined;
  const name = answer.user.extra[CLUSTER_NAME]?.[0];
  return name === undefined ? undefined : parseName(name);
}
