import { mapWarrants } from '../effective-users.ts';
import { globalServiceAccountName, isServiceAccount } from '../service-account.ts';
import { extraValues } from '../user-extra.ts';
import type { UserInfo } from '../user.ts';
import { ANONYMOUS, AUTHENTICATED, CLUSTER_NAME_EXTRA, CONSUMER_PREFIX, UNAUTHENTICATED } from '../well-known.ts';

/**
 * A user as the roles of a provider see it: name, groups and warrants with `apis.kcp.io:binding:` before them (kcp's PrefixUser).
 * A service account has its global name; one that does not say where it lives is nobody.
 */
export function asConsumer(user: UserInfo): UserInfo {
  return prefixed(mapWarrants(user, prefixed));
}

function prefixed(user: UserInfo): UserInfo {
  const { name, uid, groups, extra } = user;
  if (!isServiceAccount(name)) return { name: CONSUMER_PREFIX + name, uid, groups: groups.map(withPrefix), extra };
  const homes = extraValues(user, CLUSTER_NAME_EXTRA);
  const [home] = homes;
  if (home === undefined || homes.length > 1) {
    const group = groups.includes(AUTHENTICATED) ? AUTHENTICATED : UNAUTHENTICATED;
    return { name: CONSUMER_PREFIX + ANONYMOUS, uid: '', groups: [withPrefix(group)], extra: {} };
  }
  return {
    name: CONSUMER_PREFIX + globalServiceAccountName(home, name),
    uid,
    groups: groups.map(withPrefix),
    extra,
  };
}

function withPrefix(group: string): string {
  return CONSUMER_PREFIX + group;
}
