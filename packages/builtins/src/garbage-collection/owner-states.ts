import type { OwnerReference } from '@kcp/api-machinery';
import { parseApiVersion } from '@kcp/api-machinery';
import type { ObjectReader } from '@kcp/object-store';
import { FOREGROUND, waitOf } from './finalizers.ts';
import type { OwnerIdentity } from './owner-key.ts';
import type { ServedKinds } from './served-kinds.ts';

/**
 * How an owner stands: `solid`, it is there; `gone`; `waiting`, it is being deleted and waits for its dependants; `unknown`,
 * nobody can say, because its kind is not served or a cluster-scoped object names what is namespaced: then the object is kept.
 */
export type OwnerState = 'solid' | 'gone' | 'waiting' | 'unknown';

/** What finding out takes. */
export interface OwnerStatesOptions {
  readonly store: ObjectReader;
  readonly kinds: ServedKinds;
  /** An owner that is known to have been deleted: it is gone even where its kind is no longer served. */
  readonly gone?: OwnerIdentity;
}

/**
 * Looks owners up, each once for one piece of work. What was read may be old by then, and does no harm: an owner that goes or
 * begins to wait has a change of its own, and neither is ever undone.
 */
export class OwnerStates {
  readonly #options: OwnerStatesOptions;
  readonly #known = new Map<string, OwnerState>();

  constructor(options: OwnerStatesOptions) {
    this.#options = options;
  }

  /** Of a reference in an object of that place. An owner is what bears the uid at the address: same kind, name and namespace. */
  of(reference: OwnerReference, at: Pick<OwnerIdentity, 'cluster' | 'namespace'>): OwnerState {
    const { apiVersion, kind, name, uid } = reference;
    const key = JSON.stringify([uid, name, kind, apiVersion, at.namespace]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const state = this.#lookUp(reference, at);
    this.#known.set(key, state);
    return state;
  }

  #lookUp(reference: OwnerReference, at: Pick<OwnerIdentity, 'cluster' | 'namespace'>): OwnerState {
    const { apiVersion, kind, name, uid } = reference;
    const { store, kinds, gone } = this.#options;
    const resource = kinds.ofKind(apiVersion, kind);
    if (resource === undefined) return gone !== undefined && isSame(reference, gone) ? 'gone' : 'unknown';
    if (resource.namespaced && at.namespace === '') return 'unknown';
    const namespace = resource.namespaced ? at.namespace : '';
    const owner = store.get(resource.bucket, { cluster: at.cluster, namespace, name });
    if (owner === undefined || owner.decode().metadata.uid !== uid) return 'gone';
    return waitOf(owner) === FOREGROUND ? 'waiting' : 'solid';
  }
}

/** Whether a reference names an object that was, in whatever version. */
function isSame(reference: OwnerReference, { apiVersion, kind, name, uid }: OwnerIdentity): boolean {
  const isSameKind = reference.kind === kind && groupOf(reference.apiVersion) === groupOf(apiVersion);
  return isSameKind && reference.name === name && reference.uid === uid;
}

function groupOf(apiVersion: string): string | undefined {
  return parseApiVersion(apiVersion)?.group;
}
