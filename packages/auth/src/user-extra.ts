import type { UserInfo } from './user.ts';

const NONE: readonly string[] = [];

/** The values of one of a user's extras; none where it is absent. Keys come from clients: `__proto__` is a key like any other. */
export function extraValues(user: UserInfo, key: string): readonly string[] {
  return Object.hasOwn(user.extra, key) ? (user.extra[key] ?? NONE) : NONE;
}
