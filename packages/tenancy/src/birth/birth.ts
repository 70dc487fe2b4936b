import type { GroupVersionResource, JsonObject, KubeObject } from '@kcp/api-machinery';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Shard } from '../cluster/shard.ts';
import type { FoundType } from '../type/workspace-type.ts';

/** A Workspace, as the LogicalCluster that was made for it names it. */
export interface WorkspaceReference {
  /** Where the Workspace is. */
  readonly cluster: LogicalCluster;
  readonly name: string;
  readonly uid: string;
}

/** A logical cluster that is about to begin. */
export interface Birth {
  readonly cluster: LogicalCluster;
  /** Canonical. Of a home `user:<name>`, whatever is in the name: not every such text is a path that a URL can have. */
  readonly path: string;
  /** Who asked for it, and which groups it requires: the annotations of what asked for it. */
  readonly annotations: Readonly<Record<string, string>>;
  /** The Workspace that it is for; absent for a home, which has none. */
  readonly owner?: WorkspaceReference;
  readonly shard: Shard;
  /** Its type and all that the type extends, itself last. */
  readonly types: readonly FoundType[];
}

/** An object that a logical cluster begins with. */
export interface SeedObject {
  readonly resource: GroupVersionResource;
  readonly object: Omit<KubeObject, 'apiVersion' | 'kind'>;
  /** What the server knows of it at once. */
  readonly status?: JsonObject;
}

/** What a seed gives. */
export interface Sown {
  readonly objects: readonly SeedObject[];
  /** Initializers that need not be waited for: what they are for is among the objects. */
  readonly initialized?: readonly string[];
}

/** Gives what new logical clusters begin with, in the commit that makes them. Filled in by who knows the kinds; joined in the server. */
export type WorkspaceSeed = (birth: Birth) => Sown;
