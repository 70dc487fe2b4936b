import { parseApiVersion, type KubeObject } from '@kcp/api-machinery';
import type { ObjectChange } from '../cache/object-change.ts';
import { identityOf, type ReconcileKey } from '../reconcile-key.ts';

/** Which keys a change is a reason to reconcile. Pure, but may look into caches. */
export type KeyMapping<O extends KubeObject = KubeObject> = (change: ObjectChange<O>) => Iterable<ReconcileKey>;

/** The changed object itself. */
export const ownKey: KeyMapping = ({ key }) => [key];

/** Which owners are meant. */
export interface OwnerKind {
  readonly group: string;
  readonly kind: string;
  /** False for owners without a namespace, which may own objects in any. */
  readonly isNamespaced: boolean;
  /** True for the one owner that is the controller only. */
  readonly isController?: boolean;
}

/** The owners of the changed object that are of a kind, those before the change included; in its own logical cluster. */
export function ownerKeys(owner: OwnerKind): KeyMapping {
  return ({ key, object, previous }) => {
    const owners = new Map<string, ReconcileKey>();
    for (const state of previous === undefined ? [object] : [previous, object]) {
      for (const reference of state.metadata.ownerReferences ?? []) {
        if (reference.kind !== owner.kind || parseApiVersion(reference.apiVersion)?.group !== owner.group) continue;
        if (owner.isController === true && reference.controller !== true) continue;
        const found = {
          cluster: key.cluster,
          namespace: owner.isNamespaced ? key.namespace : '',
          name: reference.name,
        };
        owners.set(identityOf(found), found);
      }
    }
    return owners.values();
  };
}
