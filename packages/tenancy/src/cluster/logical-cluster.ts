import { objectAt, textAt, type KubeObject } from '@kcp/api-machinery';
import { parsePath, type ClusterPath, type LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectKey, ObjectReader, StoredObject } from '@kcp/object-store';
import { logicalClusters } from '../buckets.ts';
import { CLUSTER_OBJECT, INACTIVE_ANNOTATIONS, PATH_ANNOTATION } from '../well-known.ts';

/** The key of the LogicalCluster of a logical cluster. */
export function logicalClusterKey(cluster: LogicalCluster): ObjectKey {
  return { cluster, namespace: '', name: CLUSTER_OBJECT };
}

/** The LogicalCluster as it is stored; undefined where there is no such logical cluster. */
export function storedLogicalCluster(
  store: Pick<ObjectReader, 'get'>,
  cluster: LogicalCluster,
): StoredObject | undefined {
  return store.get(logicalClusters.bucket, logicalClusterKey(cluster));
}

/** The canonical path of a logical cluster: the one that its LogicalCluster says, else its name. */
export function pathOf(object: KubeObject | undefined, cluster: LogicalCluster): ClusterPath {
  const said = object?.metadata.annotations?.[PATH_ANNOTATION];
  const path = parsePath(said ?? cluster) ?? parsePath(cluster);
  if (path === undefined) throw new Error(`not the name of a logical cluster: ${cluster}`);
  return path;
}

/** status.phase of a Workspace or LogicalCluster; the empty text where it has none. */
export function phaseOf(object: KubeObject): string {
  return textAt(objectAt(object, 'status'), 'phase');
}

/** True where an annotation closes the logical cluster to its users. */
export function isInactive({ metadata }: KubeObject): boolean {
  return INACTIVE_ANNOTATIONS.some((name) => metadata.annotations?.[name] === 'true');
}
