import type { KubeObject, OwnerReference } from '@kcp/api-machinery';
import { parseApiVersion } from '@kcp/api-machinery';
import type { StoredObject } from '@kcp/object-store';

/** The owners of an object; nothing is parsed where it has none. */
export function ownersOf(stored: StoredObject): readonly OwnerReference[] {
  return stored.hasOwners ? (stored.decode().metadata.ownerReferences ?? []) : [];
}

/** The object without its references to some uids; the same object where it has none. */
export function withoutOwners(object: KubeObject, uids: ReadonlySet<string>): KubeObject {
  const { ownerReferences = [], ...metadata } = object.metadata;
  const kept = ownerReferences.filter(({ uid }) => !uids.has(uid));
  if (kept.length === ownerReferences.length) return object;
  return { ...object, metadata: { ...metadata, ...(kept.length > 0 && { ownerReferences: kept }) } };
}

/** The object with references that hold up the deletion of none of its owners. */
export function withoutBlocking(object: KubeObject): KubeObject {
  const { ownerReferences = [] } = object.metadata;
  const freed = ownerReferences.map((reference) =>
    reference.blockOwnerDeletion === true ? { ...reference, blockOwnerDeletion: false } : reference,
  );
  return { ...object, metadata: { ...object.metadata, ownerReferences: freed } };
}

/** Whether a reference in an object of that namespace truly names this owner. */
export function namesOwner(reference: OwnerReference, owner: StoredObject, namespace: string): boolean {
  const object = owner.decode();
  return (
    reference.uid === object.metadata.uid &&
    reference.kind === object.kind &&
    reference.name === owner.key.name &&
    parseApiVersion(reference.apiVersion)?.group === parseApiVersion(object.apiVersion)?.group &&
    (owner.key.namespace === '' || owner.key.namespace === namespace)
  );
}
