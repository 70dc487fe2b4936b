import { goJson, isArray, isObject, own, parseJson, type JsonObject } from '@kcp/api-machinery';
import type { UserInfo } from '@kcp/auth';

/** A user as authentication.k8s.io/v1 UserInfo writes it: what is empty is left out. */
export function userObject({ name, uid, groups, extra }: UserInfo): JsonObject {
  return {
    username: name,
    ...(uid !== '' && { uid }),
    ...(groups.length > 0 && { groups }),
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}

/** The text of the owner annotation for who asked for a workspace. */
export function ownerText(user: UserInfo): string {
  return goJson(userObject(user));
}

/** The owner annotation read back; undefined where it is no user. */
export function parseOwner(text: string | undefined): JsonObject | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    const value = parseJson(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The owner's name alone, as the annotation is once the workspace is ready; undefined where there is no owner. */
export function ownerNameText(text: string | undefined): string | undefined {
  const owner = parseOwner(text);
  if (owner === undefined) return undefined;
  const name = own(owner, 'username');
  return goJson(typeof name === 'string' && name !== '' ? { username: name } : {});
}

/** LogicalCluster's spec.createdBy of an owner. */
export function createdBy(owner: JsonObject): JsonObject {
  const { username, uid, groups, extra } = owner;
  return {
    ...(typeof username === 'string' && username !== '' && { username }),
    ...(typeof uid === 'string' && uid !== '' && { uid }),
    ...(isArray(groups) && groups.length > 0 && { groups }),
    ...(isObject(extra) && { extra }),
  };
}
