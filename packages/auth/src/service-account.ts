import type { LogicalCluster } from '@kcp/logical-cluster';
import type { UserInfo } from './user.ts';
import { CLUSTER_NAME_EXTRA, CREDENTIAL_ID_EXTRA, SCOPES_EXTRA } from './well-known.ts';
import { NODE_NAME_EXTRA, NODE_UID_EXTRA, POD_NAME_EXTRA, POD_UID_EXTRA } from './well-known.ts';

const PREFIX = 'system:serviceaccount:';
const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** An object by its name and uid. */
export interface ObjectIdentity {
  readonly name: string;
  readonly uid: string;
}

/** A service account, by what its user name holds. */
export interface ServiceAccountName {
  readonly namespace: string;
  readonly name: string;
}

/** What a token says of its bearer. */
export interface ServiceAccountIdentity extends ServiceAccountName {
  readonly cluster: LogicalCluster;
  readonly uid: string;
  /** The token's id (jti). */
  readonly tokenId?: string;
  readonly pod?: ObjectIdentity;
  readonly node?: { readonly name: string; readonly uid?: string };
}

/** The user name of a service account: `system:serviceaccount:<namespace>:<name>`. */
export function serviceAccountUsername(namespace: string, name: string): string {
  return `${PREFIX}${namespace}:${name}`;
}

/** The groups of every service account of a namespace. */
export function serviceAccountGroups(namespace: string): readonly string[] {
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
}

/** True where a user name is meant as a service account's, well formed or not. */
export function isServiceAccount(username: string): boolean {
  return username.startsWith(PREFIX);
}

/** Reads a service account's user name; undefined where it is none. */
export function parseServiceAccountUsername(username: string): ServiceAccountName | undefined {
  if (!isServiceAccount(username)) return undefined;
  const [namespace = '', name = '', ...rest] = username.slice(PREFIX.length).split(':');
  if (rest.length > 0 || !NAMESPACE.test(namespace) || name.length > 253 || !NAME.test(name)) return undefined;
  return { namespace, name };
}

/** The name under which a service account is known in other logical clusters. */
export function globalServiceAccountName(cluster: string, username: string): string {
  return `system:kcp:serviceaccount:${cluster}:${username.slice(PREFIX.length)}`;
}

/** The user that a service account's token stands for: confined to its own logical cluster. */
export function serviceAccountUser(identity: ServiceAccountIdentity): UserInfo {
  const { cluster, namespace, name, uid, tokenId, pod, node } = identity;
  return {
    name: serviceAccountUsername(namespace, name),
    uid,
    groups: serviceAccountGroups(namespace),
    extra: {
      [CLUSTER_NAME_EXTRA]: [cluster],
      [SCOPES_EXTRA]: [`cluster:${cluster}`],
      ...(tokenId && { [CREDENTIAL_ID_EXTRA]: [`JTI=${tokenId}`] }),
      ...(pod && { [POD_NAME_EXTRA]: [pod.name], [POD_UID_EXTRA]: [pod.uid] }),
      ...(node && { [NODE_NAME_EXTRA]: [node.name] }),
      ...(node?.uid && { [NODE_UID_EXTRA]: [node.uid] }),
    },
  };
}
