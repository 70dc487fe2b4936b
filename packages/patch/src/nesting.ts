import { isArray } from '@kcp/api-machinery';
import type { Json } from '@kcp/api-machinery';

/** True where lists and objects are nested in more than `limit` levels; looks no further than that. */
export function nestedDeeperThan(value: Json, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (limit === 0) return true;
  if (isArray(value)) return value.some((item) => nestedDeeperThan(item, limit - 1));
  for (const key in value) {
    const member = value[key];
    if (member !== undefined && nestedDeeperThan(member, limit - 1)) return true;
  }
  return false;
}
