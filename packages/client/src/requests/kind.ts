import type { GroupVersionKind, GroupVersionResource, JsonObject } from '@kcp/api-machinery';

/** What every typed object must have room for; kubernetes-types and generated types fit. */
export interface ObjectLike {
  readonly metadata?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly resourceVersion?: string;
  };
}

/** A kind of object as a client needs it: its path, its names, and its type, so that no caller casts. */
export interface Kind<T> extends GroupVersionResource, GroupVersionKind {
  readonly namespaced: boolean;
  /** Makes the typed value of what the server sent. Throws where it is something else. */
  readonly decode: (object: JsonObject) => T;
}

/** A kind's names, and a decoder where the server's word is not taken for it. */
export interface KindDefinition<T> extends GroupVersionResource, GroupVersionKind {
  /** True where left out. */
  readonly namespaced?: boolean;
  readonly decode?: (object: JsonObject) => T;
}

/**
 * Declares a kind: `defineKind<V1Deployment>({ group: 'apps', version: 'v1', resource: 'deployments', kind: 'Deployment' })`. Without
 * a decoder an object is taken to be what its kind says: the server has checked it against its schema.
 */
export function defineKind<T extends ObjectLike>(definition: KindDefinition<T>): Kind<T> {
  return { namespaced: true, decode: (object) => object as unknown as T, ...definition };
}
