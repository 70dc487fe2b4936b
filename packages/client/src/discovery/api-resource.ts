import type { GroupVersionKind, GroupVersionResource } from '@kcp/api-machinery';

/** A resource that a server offers in one version of its group. */
export interface ApiResource extends GroupVersionResource {
  /** What its objects are; the group and version may be others than the resource's. */
  readonly kind: GroupVersionKind;
  readonly namespaced: boolean;
  readonly singularName: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  /** `status`, `scale`, …: the parts of its objects that have requests of their own. */
  readonly subresources: readonly string[];
}

/** A group with the versions that a server offers of it, the preferred one first. */
export interface ApiGroup {
  readonly group: string;
  readonly versions: readonly string[];
}

/** All that a server offers, in its own order, which is the order of preference. */
export interface ApiCatalog {
  readonly groups: readonly ApiGroup[];
  readonly resources: readonly ApiResource[];
  /** Versions (`apps/v1`) whose resources could not be had: an extension server that is away. */
  readonly missing: readonly string[];
}
