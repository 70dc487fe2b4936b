import type { UserInfo } from '../user.ts';
import { isServersKey } from './extra-keys.ts';

const SYSTEM = 'system:';

/**
 * A user whom an issuer vouches for that a tenant chose. Groups of `system:` are dropped, and so are extras by which this server
 * decides (scopes, warrants, homes). Throws Error for a user of `system:`.
 */
export function confinedUser({ name, uid, groups, extra }: UserInfo): UserInfo {
  if (name.startsWith(SYSTEM)) throw new Error(`oidc: username ${JSON.stringify(name)} must not begin with ${SYSTEM}`);
  return {
    name,
    uid,
    groups: groups.filter((group) => !group.startsWith(SYSTEM)),
    extra: Object.fromEntries(Object.entries(extra).filter(([key]) => !isServersKey(key))),
  };
}
