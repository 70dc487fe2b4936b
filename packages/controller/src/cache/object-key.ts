import type { KubeObject } from '@kcp/api-machinery';
import { parseName, type LogicalCluster } from '@kcp/logical-cluster';
import type { ReconcileKey } from '../reconcile-key.ts';

/** The annotation in which a server with logical clusters says which one an object is in. */
export const CLUSTER_ANNOTATION = 'kcp.io/cluster';

/**
 * The address of an object. `fallback` is the logical cluster of objects that do not say theirs, as those of a server without
 * logical clusters; undefined where every object has to. Throws where there is no cluster or no name.
 */
export function keyOfObject(object: KubeObject, fallback: LogicalCluster | undefined): ReconcileKey {
  const { name, namespace = '', annotations } = object.metadata;
  if (name === undefined || name === '') throw new Error(`an object of kind ${object.kind} has no name`);
  const said = annotations?.[CLUSTER_ANNOTATION];
  const cluster = said === undefined ? fallback : parseName(said);
  if (cluster === undefined) {
    throw new Error(
      `${object.kind} ${name} does not say its logical cluster (annotation ${CLUSTER_ANNOTATION}: ${said})`,
    );
  }
  return { cluster, namespace, name };
}
