import { ApiError, forbiddenResource, objectAt, textsAt, type KubeObject } from '@kcp/api-machinery';
import type { Standing, WriteRequest } from '@kcp/apiserver';
import type { ObjectReader } from '@kcp/object-store';
import { logicalClusters } from '../buckets.ts';
import { logicalClusterKey } from '../cluster/logical-cluster.ts';

/**
 * What is created stands on the LogicalCluster as it was before admission, or on there being none (the server's own places have none).
 * Once it is being deleted and no terminator has anything to do there any more, nothing is created, whoever asks: the content is removed
 * in steps, and what came after a step would outlive the logical cluster.
 */
export function standing(store: Pick<ObjectReader, 'get'>): Standing {
  const { bucket } = logicalClusters;
  return {
    of: (request, object) => {
      const key = logicalClusterKey(request.context.cluster);
      const stored = store.get(bucket, key);
      if (stored?.isTerminating === true && hasTerminated(stored.decode())) throw ending(request, object);
      return { bucket, key, revision: stored?.revision ?? 0 };
    },
  };
}

/** True for a LogicalCluster that is being deleted where nobody has anything left to do but to remove what is in it. */
export function hasTerminated(logicalCluster: KubeObject): boolean {
  const isEnding = logicalCluster.metadata.deletionTimestamp !== undefined;
  return isEnding && textsAt(objectAt(logicalCluster, 'status'), 'terminators').length === 0;
}

/** As a namespace that ends refuses what is new (k8s.io/apiserver NamespaceLifecycle): all namespaces end with their logical cluster. */
function ending({ resource, context }: WriteRequest, { metadata }: KubeObject): ApiError {
  const { cluster, namespace } = context;
  const shown = metadata.name || metadata.generateName || 'Unknown';
  const place = resource.namespaced ? `namespace ${namespace}` : `logical cluster ${cluster}`;
  const why = `unable to create new content in ${place} because it is being terminated`;
  const { message, details } = forbiddenResource(resource.gvr, shown, why);
  if (!resource.namespaced) return new ApiError('Forbidden', message, { ...(details && { details }) });
  const field = 'metadata.namespace';
  const cause = { reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field };
  return new ApiError('Forbidden', message, { details: { ...details, causes: [cause] } });
}
