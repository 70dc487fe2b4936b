import type { JsonObject } from '@kcp/api-machinery';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { serviceAccountUsername } from '../service-account.ts';
import type { ObjectIdentity } from '../service-account.ts';
import { LEGACY_ISSUER, LEGACY_PREFIX } from './decode-claims.ts';
import { signJwt } from './jwt.ts';
import type { SigningKey } from './signing-key.ts';

/** What an issuer needs. */
export interface ServiceAccountIssuerOptions {
  readonly key: SigningKey;
  /** The `iss` of bound tokens, a URL. */
  readonly issuer: string;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
  /** A new token id each time: a random UUID. */
  readonly uuid: () => string;
}

/** Whose token it will be. */
export interface TokenOwner {
  readonly cluster: LogicalCluster;
  readonly namespace: string;
  readonly account: ObjectIdentity;
}

/** What a TokenRequest asks for. */
export interface BoundTokenRequest extends TokenOwner {
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
  /** Seconds after which the bearer should fetch a newer one. */
  readonly warnAfterSeconds?: number;
  readonly secret?: ObjectIdentity;
  readonly pod?: ObjectIdentity;
  readonly node?: ObjectIdentity;
}

/** A token and when it ends. */
export interface IssuedToken {
  readonly token: string;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** Signs tokens of service accounts. */
export interface ServiceAccountIssuer {
  /** A token that ends with its time, its account, and what it is bound to. */
  bound(request: BoundTokenRequest): IssuedToken;
  /** A token that lives in a Secret of type kubernetes.io/service-account-token, and ends with it. */
  legacy(owner: TokenOwner, secretName: string): string;
}

/** Makes an issuer (pkg/serviceaccount Claims, LegacyClaims; kcp adds the logical cluster). */
export function serviceAccountIssuer(options: ServiceAccountIssuerOptions): ServiceAccountIssuer {
  return {
    bound: (request) => {
      const now = Math.floor(options.clock() / 1000);
      const id = options.uuid();
      const expires = now + request.expirationSeconds;
      const claims: JsonObject = {
        aud: request.audiences,
        exp: expires,
        iat: now,
        iss: options.issuer,
        jti: id,
        'kubernetes.io': accountClaims(request, now),
        nbf: now,
        sub: serviceAccountUsername(request.namespace, request.account.name),
      };
      return { token: signJwt(claims, options.key), id, expires: expires * 1000 };
    },
    legacy: (owner, secretName) => signJwt(legacyClaims(owner, secretName), options.key),
  };
}

function accountClaims(request: BoundTokenRequest, now: number): JsonObject {
  const { cluster, namespace, account, secret, pod, node, warnAfterSeconds } = request;
  return {
    clusterName: cluster,
    namespace,
    ...(node && { node: named(node) }),
    ...(pod && { pod: named(pod) }),
    ...(secret && { secret: named(secret) }),
    serviceaccount: named(account),
    ...(warnAfterSeconds && { warnafter: now + warnAfterSeconds }),
  };
}

function named({ name, uid }: ObjectIdentity): JsonObject {
  return { name, uid };
}

function legacyClaims({ cluster, namespace, account }: TokenOwner, secretName: string): JsonObject {
  return {
    iss: LEGACY_ISSUER,
    [`${LEGACY_PREFIX}clusterName`]: cluster,
    [`${LEGACY_PREFIX}namespace`]: namespace,
    [`${LEGACY_PREFIX}secret.name`]: secretName,
    [`${LEGACY_PREFIX}service-account.name`]: account.name,
    [`${LEGACY_PREFIX}service-account.uid`]: account.uid,
    sub: serviceAccountUsername(namespace, account.name),
  };
}
