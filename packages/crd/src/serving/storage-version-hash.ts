import { createHash } from 'node:crypto';
import type { GroupVersionKind } from '@kcp/api-machinery';

/**
 * Discovery's storageVersionHash of a resource: equal as long as objects are stored in the same version (apiserver discovery). A kcp
 * server begins the hashed text with a logical cluster's name, the empty one for what all have.
 */
export function storageVersionHash({ group, version, kind }: GroupVersionKind): string {
  const sum = createHash('sha256').update(`/${group}/${version}/${kind}`).digest();
  return sum.subarray(0, 8).toString('base64');
}
