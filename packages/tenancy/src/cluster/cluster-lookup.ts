import { REQUIRED_GROUPS_ANNOTATION, type LogicalClusterState } from '@kcp/auth';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import { logicalClusters } from '../buckets.ts';
import { TYPE_ANNOTATION } from '../well-known.ts';
import { isInactive, phaseOf, storedLogicalCluster } from './logical-cluster.ts';
import { LRUCache } from 'lru-cache';

/** What requests need to know of a logical cluster. */
export interface KnownCluster extends LogicalClusterState {
  /** Closed to its users by an annotation. */
  readonly isInactive: boolean;
  /** `path:name` of its WorkspaceType; empty where it has none. */
  readonly type: string;
}

/** Finds a logical cluster; undefined where there is none. */
export type ClusterLookup = (cluster: LogicalCluster) => KnownCluster | undefined;

/** So many are remembered, a few hundred bytes each. */
const MOST_CLUSTERS = 20_000;

/** Knows logical clusters by their LogicalCluster objects, as of the newest write to each; the most used ones without decoding them. */
export function clusterLookup(store: Pick<ObjectReader, 'generation' | 'get'>): ClusterLookup {
  const known = new LRUCache<LogicalCluster, { readonly generation: number; readonly state: KnownCluster }>({
    max: MOST_CLUSTERS,
  });
  return (cluster) => {
    const generation = store.generation({ bucket: logicalClusters.bucket, cluster });
    const entry = known.get(cluster);
    if (entry?.generation === generation) return entry.state;
    const state = read(store, cluster);
    if (state) known.set(cluster, { generation, state });
    else known.delete(cluster);
    return state;
  };
}

function read(store: Pick<ObjectReader, 'get'>, cluster: LogicalCluster): KnownCluster | undefined {
  const object = storedLogicalCluster(store, cluster)?.decode();
  if (!object) return undefined;
  const { annotations = {} } = object.metadata;
  const requiredGroups = annotations[REQUIRED_GROUPS_ANNOTATION];
  return {
    phase: phaseOf(object),
    isInactive: isInactive(object),
    type: annotations[TYPE_ANNOTATION] ?? '',
    ...(requiredGroups !== undefined && { requiredGroups }),
  };
}
