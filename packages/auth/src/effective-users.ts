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
 * Whoever comes from a logical cluster is in its group `system:cluster:<name>`, by which others give it rights.
 */
export function effectiveUsers(user: UserInfo, cluster: LogicalCluster): readonly UserInfo[] {
  const plain = !isServiceAccount(user.name) && !Object.hasOwn(user.extra, SCOPES_EXTRA);
  if (plain && !Object.hasOwn(user.extra, WARRANT_EXTRA)) return [user];
  const found: Collected = { users: [], known: false, unknown: false };
  collect(user, cluster, found, 0);
  return [...found.users, ...strangers(user, found)];
}

/** True where one of the effective users is in a group (kcp's EffectiveGroups). */
export function isEffectivelyIn(user: UserInfo, cluster: LogicalCluster, group: string): boolean {
  return effectiveUsers(user, cluster).some(({ groups }) => groups.includes(group));
}

/** The identities that a user's warrants name directly; malformed ones are left out. */
export function warrants(user: UserInfo): readonly UserInfo[] {
  return extraValues(user, WARRANT_EXTRA).flatMap((text) => decodeWarrant(text) ?? []);
}

/**
 * The user with each identity that its warrants name, at any depth, made another one. Warrants that are malformed, or deeper than
 * any that count, are left out.
 */
export function mapWarrants(user: UserInfo, change: (warrant: UserInfo) => UserInfo, depth = 0): UserInfo {
  if (!Object.hasOwn(user.extra, WARRANT_EXTRA)) return user;
  const { [WARRANT_EXTRA]: _, ...extra } = user.extra;
  const found = depth < MAX_WARRANT_DEPTH ? warrants(user).slice(0, MAX_IDENTITIES) : [];
  if (found.length === 0) return { ...user, extra };
  const texts = found.map((warrant) => encodeWarrant(change(mapWarrants(warrant, change, depth + 1))));
  return { ...user, extra: { ...extra, [WARRANT_EXTRA]: texts } };
}

function encodeWarrant({ name, uid, groups, extra }: UserInfo): string {
  return JSON.stringify({ user: name, uid, groups, extra });
}

/** What was found on the way through a user and its warrants. */
interface Collected {
  readonly users: UserInfo[];
  /** Somebody out of scope is known to the server, somebody is not. */
  known: boolean;
  unknown: boolean;
}

function collect(user: UserInfo, cluster: LogicalCluster, found: Collected, depth: number): void {
  if (isInScope(user, cluster)) found.users.push(user);
  else if (user.groups.includes(AUTHENTICATED)) found.known = true;
  else found.unknown = true;
  if (isServiceAccount(user.name)) {
    const homes = extraValues(user, CLUSTER_NAME_EXTRA);
    if (homes.length === 1 && homes[0] !== undefined) found.users.push(globalIdentity(user, homes[0]));
  }
  if (depth >= MAX_WARRANT_DEPTH) return;
  for (const warrant of warrants(user)) {
    if (found.users.length >= MAX_IDENTITIES) return;
    const homeless = isServiceAccount(warrant.name) && extraValues(warrant, CLUSTER_NAME_EXTRA).length === 0;
    if (homeless) continue;
    collect({ ...warrant, groups: [...warrant.groups, ...scopeGroups(warrant)] }, cluster, found, depth + 1);
  }
}

function globalIdentity(user: UserInfo, home: string): UserInfo {
  const groups = user.groups.includes(AUTHENTICATED) ? [AUTHENTICATED] : [];
  return {
    name: globalServiceAccountName(home, user.name),
    uid: '',
    groups: [...groups, ...scopeGroups(user)],
    extra: user.extra,
  };
}

/** What identities are outside their scopes: nobody in particular, from the logical clusters that the user's own scopes name. */
function strangers(user: UserInfo, { known, unknown }: Collected): readonly UserInfo[] {
  const anonymous = { name: ANONYMOUS, uid: '', extra: {} };
  return [
    ...(known ? [{ ...anonymous, groups: [AUTHENTICATED, ...scopeGroups(user)] }] : []),
    ...(unknown ? [{ ...anonymous, groups: [UNAUTHENTICATED] }] : []),
  ];
}

/** The groups `system:cluster:<name>` of the logical clusters in which all scopes of a user let it count. */
function scopeGroups(user: UserInfo): readonly string[] {
  const [first = [], ...rest] = extraValues(user, SCOPES_EXTRA).map((scopes) => scopes.split(','));
  return first
    .filter((scope) => scope.startsWith(SCOPE_PREFIX) && rest.every((set) => set.includes(scope)))
    .map((scope) => CLUSTER_GROUP_PREFIX + scope.slice(SCOPE_PREFIX.length));
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
