import { isArray, isObject, own } from '@kcp/api-machinery';
import type { Json, JsonObject } from '@kcp/api-machinery';
import { parseName } from '@kcp/logical-cluster';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectIdentity } from '../service-account.ts';

/** The issuer of tokens that live in Secrets. */
export const LEGACY_ISSUER = 'kubernetes/serviceaccount';
/** What the private claims of tokens that live in Secrets begin with. */
export const LEGACY_PREFIX = 'kubernetes.io/serviceaccount/';

/** The registered claims of a token; times in seconds since 1970. */
export interface TokenClaims {
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  readonly expires: number | undefined;
  readonly notBefore: number | undefined;
  readonly id: string;
}

/** What a token says of a service account, and what it is bound to. */
export interface AccountClaims {
  readonly cluster: LogicalCluster;
  readonly namespace: string;
  readonly account: ObjectIdentity;
  readonly secret: ObjectIdentity | undefined;
  readonly pod: ObjectIdentity | undefined;
  readonly node: ObjectIdentity | undefined;
  /** Seconds since 1970 from which on the bearer should have fetched a newer token. */
  readonly warnAfter: number | undefined;
}

/** Reads the registered claims; undefined where one has a wrong type. */
export function decodeClaims(payload: JsonObject): TokenClaims | undefined {
  const issuer = text(payload, 'iss');
  const subject = text(payload, 'sub');
  const id = text(payload, 'jti');
  const audiences = decodeAudiences(own(payload, 'aud'));
  const expires = seconds(payload, 'exp');
  const notBefore = seconds(payload, 'nbf');
  if (issuer === undefined || subject === undefined || id === undefined) return undefined;
  if (!audiences || expires === null || notBefore === null) return undefined;
  return { issuer, subject, id, audiences, expires, notBefore };
}

/** Reads the claims of a bound token (pkg/serviceaccount privateClaims, with kcp's clusterName); undefined where they do not fit. */
export function decodeBoundClaims(payload: JsonObject): AccountClaims | undefined {
  const claims = own(payload, 'kubernetes.io');
  if (!isObject(claims)) return undefined;
  const cluster = parseName(text(claims, 'clusterName') ?? '');
  const namespace = text(claims, 'namespace');
  const account = reference(claims, 'serviceaccount');
  const warnAfter = seconds(claims, 'warnafter');
  if (!cluster || !namespace || !account || warnAfter === null) return undefined;
  const bound = ['secret', 'pod', 'node'].map((kind) =>
    own(claims, kind) === undefined ? undefined : reference(claims, kind),
  );
  const malformed = ['secret', 'pod', 'node'].some((kind, at) => own(claims, kind) !== undefined && !bound[at]);
  if (malformed) return undefined;
  const [secret, pod, node] = bound;
  return { cluster, namespace, account, secret, pod, node, warnAfter };
}

/** Reads the claims of a token that lives in a Secret (pkg/serviceaccount legacyPrivateClaims); the secret has a name only. */
export function decodeLegacyClaims(payload: JsonObject): AccountClaims | undefined {
  const read = (name: string): string => text(payload, LEGACY_PREFIX + name) ?? '';
  const cluster = parseName(read('clusterName'));
  const namespace = read('namespace');
  const account = { name: read('service-account.name'), uid: read('service-account.uid') };
  const secret = { name: read('secret.name'), uid: '' };
  if (!cluster || !namespace || !account.name || !account.uid || !secret.name) return undefined;
  return { cluster, namespace, account, secret, pod: undefined, node: undefined, warnAfter: undefined };
}

function text(object: JsonObject, key: string): string | undefined {
  const value = own(object, key) ?? '';
  return typeof value === 'string' ? value : undefined;
}

/** Seconds since 1970, undefined where absent, null where it is no number. */
function seconds(object: JsonObject, key: string): number | undefined | null {
  const value = own(object, key);
  if (value === undefined) return undefined;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function decodeAudiences(value: Json | undefined): readonly string[] | undefined {
  if (value === undefined) return [];
  if (typeof value === 'string') return [value];
  if (!isArray(value)) return undefined;
  const audiences = value.filter((item) => typeof item === 'string');
  return audiences.length === value.length ? audiences : undefined;
}

function reference(object: JsonObject, key: string): ObjectIdentity | undefined {
  const value = own(object, key);
  if (!isObject(value)) return undefined;
  const name = text(value, 'name');
  const uid = text(value, 'uid');
  return name && uid !== undefined ? { name, uid } : undefined;
}
