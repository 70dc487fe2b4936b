import { isReservedName } from '../authentication/certificate-scope.ts';
import type { UserInfo } from '../user.ts';
import { isServersKey } from './extra-keys.ts';

/**
 * A user whom an issuer vouches for that a tenant chose. Groups that mean something to the server itself are dropped, and so are
 * extras by which it decides (scopes, warrants, homes). Throws Error for such a user, in kcp's words (ForbidSystemUsernames).
 */
export function confinedUser({ name, uid, groups, extra }: UserInfo): UserInfo {
  if (isReservedName(name)) throw new Error('system usernames are not admitted');
  return {
    name,
    uid,
    groups: groups.filter((group) => !isReservedName(group)),
    extra: Object.fromEntries(Object.entries(extra).filter(([key]) => !isServersKey(key))),
  };
}
