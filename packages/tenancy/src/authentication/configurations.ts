import { objectAt, objectsAt, textAt } from '@kcp/api-machinery';
import type { ObjectReader, StoredObject } from '@kcp/object-store';
import { authenticationConfigurations } from '../buckets.ts';
import { findType, parseQualified } from '../type/workspace-type.ts';

/** No type has more that count. */
const MOST = 16;

/**
 * The WorkspaceAuthenticationConfigurations that a type (`path:name`) refers to, in its order; they lie beside it. Types that it
 * extends have no part in it, as in kcp. What is missing is left out.
 */
export function configurationsOf(store: Pick<ObjectReader, 'get'>, type: string): readonly StoredObject[] {
  const reference = parseQualified(type);
  const found = reference && findType(store, reference);
  if (!found) return [];
  const { cluster } = found;
  const named = objectsAt(objectAt(found.object, 'spec'), 'authenticationConfigurations').slice(0, MOST);
  return named.flatMap((item) => {
    const key = { cluster, namespace: '', name: textAt(item, 'name') };
    return store.get(authenticationConfigurations.bucket, key) ?? [];
  });
}
