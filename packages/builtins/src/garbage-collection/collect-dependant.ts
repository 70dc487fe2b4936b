import { setImmediate as turn } from 'node:timers/promises';
import type { KubeObject, OwnerReference } from '@kcp/api-machinery';
import { ApiError } from '@kcp/api-machinery';
import type { InProcessWriter, ObjectAddress } from '@kcp/apiserver';
import type { Dependant, ObjectKey, ObjectReader, StoredObject } from '@kcp/object-store';
import { isIgnored } from './changed-keys.ts';
import { FOREGROUND, ORPHAN, waitOf } from './finalizers.ts';
import { withoutBlocking, withoutOwners } from './owner-references.ts';
import type { OwnerStates } from './owner-states.ts';
import type { ServedKinds } from './served-kinds.ts';

/** What one piece of work reads and writes with. */
export interface Collection {
  readonly store: ObjectReader;
  readonly writer: InProcessWriter;
  readonly kinds: ServedKinds;
  readonly owners: OwnerStates;
}

/** How often an object that changed under way is looked at anew. */
const ATTEMPTS = 5;

/** How many dependants are read in one go. */
const PAGE = 100;

/**
 * Does to an object with owners what their state asks for (garbagecollector.attemptToDeleteItem): kept while one of them is
 * there, with the references to those that are not taken out; else deleted. Left alone where it is being deleted already, or
 * where nobody can say how an owner stands. Throws ApiError.
 */
export async function collectDependant(
  { bucket, key }: Pick<Dependant, 'bucket' | 'key'>,
  work: Collection,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const stored = isIgnored(bucket) ? undefined : work.store.get(bucket, key);
    if (stored === undefined || stored.isTerminating || !stored.hasOwners) return;
    try {
      await collect(stored, work);
      return;
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'NotFound') return;
      if (!(error instanceof ApiError) || error.reason !== 'Conflict' || attempt >= ATTEMPTS) throw error;
    }
  }
}

/** Takes the references to some owners out of an object; nothing happens where it is gone or another of that name. Throws ApiError. */
export async function dropOwners(stored: StoredObject, uids: ReadonlySet<string>, work: Collection): Promise<void> {
  await change(stored, work, (object) => withoutOwners(object, uids));
}

/** Changes an object as long as it is the one that was read. Throws ApiError. */
export async function change(
  stored: StoredObject,
  work: Collection,
  make: (object: KubeObject) => KubeObject,
): Promise<void> {
  const address = addressOf(stored, work.kinds);
  if (address === undefined) return;
  const { uid } = stored.decode().metadata;
  try {
    await work.writer.update(address, (current) => {
      const changed = current.metadata.uid === uid ? make(current) : current;
      if (changed === current) return current;
      // without a version it is made anew on top of a write that came in between
      const { resourceVersion: _, ...metadata } = changed.metadata;
      return { ...changed, metadata };
    });
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== 'NotFound') throw error;
  }
}

async function collect(stored: StoredObject, work: Collection): Promise<void> {
  const { ownerReferences = [], uid, resourceVersion } = stored.decode().metadata;
  const lost = new Set<string>();
  let isAwaited = false;
  for (const reference of ownerReferences) {
    const state = stateOf(reference, stored.key, work);
    if (state === 'unknown') return;
    if (state === 'waiting') isAwaited = true;
    if (state !== 'solid') lost.add(reference.uid);
  }
  if (ownerReferences.some((reference) => stateOf(reference, stored.key, work) === 'solid')) {
    if (lost.size > 0) await dropOwners(stored, lost, work);
    return;
  }
  const address = addressOf(stored, work.kinds);
  if (address === undefined || uid === undefined) return;
  const preconditions = { uid, ...(resourceVersion !== undefined && { resourceVersion }) };
  if (!isAwaited || !hasDependants(stored, work)) {
    await work.writer.remove(address, { ...preconditions, policy: policyOf(stored.decode()) });
  } else if (await isInCycle(stored, work)) {
    await change(stored, work, withoutBlocking);
    await work.writer.remove(address, { uid, policy: 'Foreground' });
  } else {
    await work.writer.remove(address, { ...preconditions, policy: 'Foreground' });
  }
}

function stateOf(reference: OwnerReference, key: ObjectKey, { owners }: Collection): ReturnType<OwnerStates['of']> {
  return owners.of(reference, key);
}

/** What the object's own finalizers ask for, else Background. */
function policyOf({ metadata: { finalizers = [] } }: KubeObject): 'Orphan' | 'Foreground' | 'Background' {
  if (finalizers.includes(ORPHAN)) return 'Orphan';
  return finalizers.includes(FOREGROUND) ? 'Foreground' : 'Background';
}

function hasDependants(stored: StoredObject, { store }: Collection): boolean {
  const owner = stored.decode().metadata.uid ?? '';
  return store.dependants({ cluster: stored.key.cluster, owner, limit: 1 }).dependants.length > 0;
}

/** Whether one of its dependants waits for its own: they might wait for each other. */
async function isInCycle(stored: StoredObject, { store }: Collection): Promise<boolean> {
  const whose = { cluster: stored.key.cluster, owner: stored.decode().metadata.uid ?? '', limit: PAGE };
  let after: string | undefined;
  do {
    const page = store.dependants({ ...whose, ...(after !== undefined && { after }) });
    for (const { bucket, key } of page.dependants) {
      const dependant = store.get(bucket, key);
      if (dependant !== undefined && waitOf(dependant) === FOREGROUND) return true;
    }
    after = page.next;
    if (after !== undefined) await turn();
  } while (after !== undefined);
  return false;
}

/** Where an object is written; undefined where its resource is not served, or cannot be written. */
function addressOf(stored: StoredObject, kinds: ServedKinds): ObjectAddress | undefined {
  const resource = kinds.ofBucket(stored.bucket, stored.decode().apiVersion);
  return resource && { ...stored.key, resource: resource.gvr };
}
