import { isArray, isObject, own, parseJson } from '@kcp/api-machinery';
import type { Json, JsonObject } from '@kcp/api-machinery';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { globalServiceAccountName, isServiceAccount } from './service-account.ts';
import { extraValues } from './user-extra.ts';
import type { UserInfo } from './user.ts';
import { ANONYMOUS, AUTHENTICATED, CLUSTER_GROUP_PREFIX, CLUSTER_NAME_EXTRA } from './well-known.ts';
import { SCOPES_EXTRA, UNAUTHENTICATED, WARRANT_EXTRA } from './well-known.ts';

const SCOPE_PREFIX = 'cluster:';
/** Warrants come from clients; beyond these bounds they count for nothing. */
const MAX_WARRANT_DEPTH = 8;
const MAX_IDENTITIES = 64;

/** True for a service account whose home is another logical cluster; one without a home counts as local. */
export function isForeign(user: UserInfo, cluster: LogicalCluster): boolean {
  if (!isServiceAccount(user.name)) return false;
  const homes = extraValues(user, CLUSTER_NAME_EXTRA);
  return homes.length > 0 && (homes.length > 1 || homes[0] !== cluster);
}

/** True where an identity counts in a logical cluster: at home, and allowed by each of its scopes (kcp's IsInScope). */
export function isInScope(user: UserInfo, cluster: LogicalCluster): boolean {
  if (isForeign(user, cluster)) return false;
  const wanted = SCOPE_PREFIX + cluster;
  return extraValues(user, SCOPES_EXTRA).every((scopes) => scopes.split(',').includes(wanted));
}

/**
 * All identities whose rights a user has in a logical cluster (kcp's EffectiveUsers): the user itself where it is in scope,
 * else what strangers see of it; a service account's global name; and what its warrants stand for, each with its own scopes.
 */
export function effectiveUsers(user: UserInfo, cluster: LogicalCluster): readonly UserInfo[] {
  const plain = !isServiceAccount(user.name) && !Object.hasOwn(user.extra, SCOPES_EXTRA);
  if (plain && !Object.hasOwn(user.extra, WARRANT_EXTRA)) return [user];
  const found: UserInfo[] = [];
  collect(user, cluster, found, 0);
  return found;
}

/** True where one of the effective users is in a group (kcp's EffectiveGroups). */
export function isEffectivelyIn(user: UserInfo, cluster: LogicalCluster, group: string): boolean {
  return effectiveUsers(user, cluster).some(({ groups }) => groups.includes(group));
}

/** The identities that a user's warrants name directly; malformed ones are left out. */
export function warrants(user: UserInfo): readonly UserInfo[] {
  const found: UserInfo[] = [];
  for (const text of extraValues(user, WARRANT_EXTRA)) {
    const warrant = decodeWarrant(text);
    if (warrant) found.push(warrant);
  }
  return found;
}

function collect(user: UserInfo, cluster: LogicalCluster, found: UserInfo[], depth: number): void {
  found.push(isInScope(user, cluster) ? user : stranger(user));
  if (isServiceAccount(user.name)) {
    const homes = extraValues(user, CLUSTER_NAME_EXTRA);
    if (homes.length === 1 && homes[0] !== undefined) found.push(globalIdentity(user, homes[0]));
  }
  if (depth >= MAX_WARRANT_DEPTH) return;
  for (const warrant of warrants(user)) {
    if (found.length >= MAX_IDENTITIES) return;
    const homeless = isServiceAccount(warrant.name) && extraValues(warrant, CLUSTER_NAME_EXTRA).length === 0;
    if (!homeless) collect(warrant, cluster, found, depth + 1);
  }
}

function globalIdentity(user: UserInfo, home: string): UserInfo {
  const groups = user.groups.includes(AUTHENTICATED) ? [AUTHENTICATED] : [];
  return { name: globalServiceAccountName(home, user.name), uid: '', groups, extra: user.extra };
}

/** What an identity is outside its scope: nobody in particular, from some logical cluster. */
function stranger(user: UserInfo): UserInfo {
  if (!user.groups.includes(AUTHENTICATED)) return { name: ANONYMOUS, uid: '', groups: [UNAUTHENTICATED], extra: {} };
  const groups = [AUTHENTICATED, ...homesOf(user).map((home) => CLUSTER_GROUP_PREFIX + home)];
  return { name: ANONYMOUS, uid: '', groups, extra: {} };
}

function homesOf(user: UserInfo): readonly string[] {
  const sets = extraValues(user, SCOPES_EXTRA).map((scopes) =>
    scopes
      .split(',')
      .filter((scope) => scope.startsWith(SCOPE_PREFIX))
      .map((scope) => scope.slice(SCOPE_PREFIX.length)),
  );
  if (isServiceAccount(user.name)) {
    const homes = extraValues(user, CLUSTER_NAME_EXTRA);
    if (homes.length > 0) sets.push([...homes]);
  }
  const [first = [], ...rest] = sets;
  return first.filter((home) => rest.every((set) => set.includes(home)));
}

function decodeWarrant(text: string): UserInfo | undefined {
  let value: Json;
  try {
    value = parseJson(text);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const groups = texts(own(value, 'groups'));
  const extra = decodeExtra(own(value, 'extra'));
  const name = textOf(value, 'user');
  const uid = textOf(value, 'uid');
  if (!groups || !extra || name === undefined || uid === undefined) return undefined;
  return { name, uid, groups, extra };
}

function textOf(object: JsonObject, key: string): string | undefined {
  const value = own(object, key) ?? '';
  return typeof value === 'string' ? value : undefined;
}

function texts(value: Json | undefined): readonly string[] | undefined {
  if (value === undefined || value === null) return [];
  if (!isArray(value)) return undefined;
  const found = value.filter((item) => typeof item === 'string');
  return found.length === value.length ? found : undefined;
}

function decodeExtra(value: Json | undefined): UserInfo['extra'] | undefined {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) return undefined;
  const entries: [string, readonly string[]][] = [];
  for (const key of Object.keys(value)) {
    const list = texts(own(value, key));
    if (!list) return undefined;
    entries.push([key, list]);
  }
  return Object.fromEntries(entries);
}
