import type { LogicalCluster } from '@kcp/logical-cluster';
import type { AccountClaims } from '../tokens/decode-claims.ts';

/** What a token's validity needs to know of an object. */
export interface BoundObject {
  readonly uid: string;
  /** metadata.deletionTimestamp, in milliseconds since 1970; an object past it counts as gone. */
  readonly deletionTimestamp?: number;
}

/** A service account. */
export interface TokenAccount extends BoundObject {
  /** The names of the Secrets that it lists as its own: their tokens count as generated automatically. */
  readonly secrets?: readonly string[];
}

/** A Secret that may hold a token. */
export interface TokenSecret extends BoundObject {
  readonly labels?: Readonly<Record<string, string>>;
  /** The bytes of data.token. */
  readonly token?: Uint8Array;
}

/** Where one object of a logical cluster is. */
export interface BoundObjectKey {
  readonly cluster: LogicalCluster;
  /** Empty for nodes. */
  readonly namespace: string;
  readonly name: string;
}

/**
 * Reads what tokens depend on. Asked on every request, so that a token that was taken away is gone at the next one; answers
 * come from the store and are synchronous. undefined means that there is no such object.
 */
export interface AccountLookup {
  serviceAccount(key: BoundObjectKey): TokenAccount | undefined;
  secret(key: BoundObjectKey): TokenSecret | undefined;
  /** Absent where no pods are served: tokens bound to one are refused. */
  pod?(key: BoundObjectKey): BoundObject | undefined;
  /** Absent where no nodes are served: tokens bound to one are refused, a node named beside a pod is taken as it is. */
  node?(key: BoundObjectKey): BoundObject | undefined;
}

const INVALIDATED = 'service account token has been invalidated';

/** Why a bound token counts no longer; undefined while it does (pkg/serviceaccount validator). */
export function boundTokenEnd(claims: AccountClaims, lookup: AccountLookup, now: number): string | undefined {
  return accountEnd(claims, lookup, now) ?? secretEnd(claims, lookup, now) ?? podEnd(claims, lookup, now);
}

/** Why a token that lives in a Secret counts no longer; undefined while it does (pkg/serviceaccount legacyValidator). */
export function legacyTokenEnd(
  claims: AccountClaims,
  lookup: AccountLookup,
  request: { readonly now: number; readonly holds: (secret: TokenSecret) => boolean },
): string | undefined {
  const { cluster, namespace, secret } = claims;
  const found = secret && lookup.secret({ cluster, namespace, name: secret.name });
  if (!found || isGone(found, request.now)) return INVALIDATED;
  if (!request.holds(found)) return "service account token does not match server's copy";
  return accountEnd(claims, lookup, request.now);
}

function accountEnd(claims: AccountClaims, lookup: AccountLookup, now: number): string | undefined {
  const { cluster, namespace, account } = claims;
  const found = lookup.serviceAccount({ cluster, namespace, name: account.name });
  if (!found) return `serviceaccounts "${account.name}" not found`;
  if (isGone(found, now)) return `service account ${namespace}/${account.name} has been deleted`;
  return found.uid === account.uid
    ? undefined
    : `service account UID (${found.uid}) does not match claim (${account.uid})`;
}

function secretEnd(claims: AccountClaims, lookup: AccountLookup, now: number): string | undefined {
  const { cluster, namespace, secret } = claims;
  if (!secret) return undefined;
  const found = lookup.secret({ cluster, namespace, name: secret.name });
  if (!found || isGone(found, now)) return INVALIDATED;
  if (found.uid === secret.uid) return undefined;
  return `secret UID (${found.uid}) does not match service account secret ref claim (${secret.uid})`;
}

function podEnd(claims: AccountClaims, lookup: AccountLookup, now: number): string | undefined {
  const { cluster, namespace, pod, node } = claims;
  if (pod) {
    const found = lookup.pod?.({ cluster, namespace, name: pod.name });
    if (!found || isGone(found, now)) return INVALIDATED;
    if (found.uid !== pod.uid)
      return `pod UID (${found.uid}) does not match service account pod ref claim (${pod.uid})`;
    return undefined;
  }
  if (!node) return undefined;
  const found = lookup.node?.({ cluster, namespace: '', name: node.name });
  if (!found || isGone(found, now)) return INVALIDATED;
  return found.uid === node.uid
    ? undefined
    : `node UID (${found.uid}) does not match service account node ref claim (${node.uid})`;
}

function isGone({ deletionTimestamp }: BoundObject, now: number): boolean {
  return deletionTimestamp !== undefined && deletionTimestamp <= now;
}
