import { setImmediate as turn } from 'node:timers/promises';
import type { Dependant, ObjectReader, StoredObject } from '@kcp/object-store';
import { isIgnored } from './changed-keys.ts';
import type { Collection } from './collect-dependant.ts';
import { change } from './collect-dependant.ts';
import type { Wait } from './finalizers.ts';
import { FOREGROUND, waitOf, withoutFinalizer } from './finalizers.ts';
import type { OwnerIdentity } from './owner-key.ts';
import { namesOwner, ownersOf } from './owner-references.ts';
import type { ServedKinds } from './served-kinds.ts';

/** How many dependants are read in one go. */
const PAGE = 100;

/** The object that a reference names, where it is being deleted in the foreground. */
export function waitingOwner(store: ObjectReader, kinds: ServedKinds, owner: OwnerIdentity): StoredObject | undefined {
  const { cluster, apiVersion, kind, name, uid } = owner;
  const resource = kinds.ofKind(apiVersion, kind);
  if (resource === undefined) return undefined;
  const found = store.get(resource.bucket, { cluster, namespace: resource.namespaced ? owner.namespace : '', name });
  return found !== undefined && waitOf(found) === FOREGROUND && found.decode().metadata.uid === uid ? found : undefined;
}

/** Lets an owner go that is deleted in the foreground, unless a dependant still holds it. Throws ApiError. */
export async function releaseUnlessBlocked(owner: StoredObject, work: Collection): Promise<void> {
  if (!(await isBlocked(owner, work.store))) await release(owner, FOREGROUND, work);
}

/** Takes one of the collector's finalizers away. Throws ApiError. */
export async function release(owner: StoredObject, finalizer: Wait, work: Collection): Promise<void> {
  await change(owner, work, (object) => withoutFinalizer(object, finalizer));
}

async function isBlocked(owner: StoredObject, store: ObjectReader): Promise<boolean> {
  const uid = owner.decode().metadata.uid ?? '';
  const whose = { cluster: owner.key.cluster, owner: uid, blocking: true, limit: PAGE };
  let after: string | undefined;
  do {
    const page = store.dependants({ ...whose, ...(after !== undefined && { after }) });
    if (page.dependants.some((dependant) => blocks(dependant, owner, store))) return true;
    after = page.next;
    if (after !== undefined) await turn();
  } while (after !== undefined);
  return false;
}

/** Whether the object itself says so, and means this owner; the owner does not wait for itself. */
function blocks({ bucket, key }: Dependant, owner: StoredObject, store: ObjectReader): boolean {
  const stored = isIgnored(bucket) ? undefined : store.get(bucket, key);
  if (stored === undefined || stored.decode().metadata.uid === owner.decode().metadata.uid) return false;
  return ownersOf(stored).some(
    (reference) => reference.blockOwnerDeletion === true && namesOwner(reference, owner, key.namespace),
  );
}
