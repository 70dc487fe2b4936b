import type { LogicalCluster } from '@kcp/logical-cluster';
import type { ServedResource } from './served-resource.ts';

/** One version of a group in discovery. */
export interface ServedVersion {
  readonly version: string;
  /** Sorted by plural name. */
  readonly resources: readonly ServedResource[];
}

/** One group in discovery, versions in order of preference. */
export interface ServedGroup {
  readonly group: string;
  readonly origin: 'builtin' | 'custom';
  readonly versions: readonly ServedVersion[];
}

/** What one logical cluster serves. */
export interface ClusterCatalog {
  /** Changes whenever anything in it does; equal catalogs of different clusters have equal tags. */
  readonly tag: string;
  readonly groups: readonly ServedGroup[];
  find(group: string, version: string, resource: string): ServedResource | undefined;
}

/** What the logical clusters serve: built-ins, system APIs, own definitions, in this order of authority (DESIGN §4). */
export interface Catalog {
  /** Synchronous: derived from the store and kept by (cluster, generation). */
  of(cluster: LogicalCluster): ClusterCatalog;
  /** The resource for a request to all logical clusters; undefined where it is not served that way. */
  across(group: string, version: string, resource: string): ServedResource | undefined;
  /**
   * What `of` finds in every logical cluster alike, whatever there is in it: found without looking. Undefined where that is not so of a resource.
   */
  everywhere?(group: string, version: string, resource: string): ServedResource | undefined;
  /**
   * Undefined where `of` answers at once, and for `all` its groups; else what to wait for before, so that deriving much does not
   * hold up everybody.
   */
  prepare?(cluster: LogicalCluster, what: 'one' | 'all'): Promise<void> | undefined;
}
