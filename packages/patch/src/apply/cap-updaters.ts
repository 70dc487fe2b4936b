import { byCodePoint } from '@kcp/api-machinery';
import { union } from './field-set.ts';
import { ownerKey, secondsOf } from './managed-fields.ts';
import type { FieldOwner, FieldOwners } from './managed-fields.ts';

/** How many updaters an object remembers by name (Go package managedfields, DefaultMaxUpdateManagers). */
const MAX_UPDATERS = 10;

/** Joins the oldest updaters of each version into one, named ancient-changes, until there are not too many. Changes `owners`. */
export function capUpdaters(owners: FieldOwners): void {
  if (owners.size <= MAX_UPDATERS) return;
  const updaters = [...owners].filter(([, { operation }]) => operation === 'Update');
  let count = updaters.length;
  if (count <= MAX_UPDATERS) return;
  updaters.sort(([a, left], [b, right]) => secondsOf(left) - secondsOf(right) || byCodePoint(a, b));
  const firsts = new Map<string, string>();
  for (const [key, owner] of updaters) {
    if (count <= MAX_UPDATERS) return;
    const first = firsts.get(owner.apiVersion);
    if (first === undefined) firsts.set(owner.apiVersion, key);
    else {
      join(owners, first, [key, owner]);
      count--;
    }
  }
}

function join(owners: FieldOwners, first: string, [key, owner]: readonly [string, FieldOwner]): void {
  const bucket: FieldOwner = { ...owner, manager: 'ancient-changes', operation: 'Update', subresource: '' };
  const name = ownerKey(bucket);
  let known = owners.get(name);
  if (known === undefined) {
    known = owners.get(first);
    owners.delete(first);
  }
  owners.delete(key);
  owners.set(name, { ...bucket, fields: known === undefined ? owner.fields : union(owner.fields, known.fields) });
}
