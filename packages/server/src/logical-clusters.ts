import type { LogicalClusterLookup } from '@kcp/auth';
import { isObject, own } from '@kcp/api-machinery';
import type { Bucket, ObjectReader } from '@kcp/object-store';

/** Where the LogicalCluster objects lie; each logical cluster has one, named `cluster`. */
export const logicalClusterBucket: Bucket = { group: 'core.kcp.io', resource: 'logicalclusters' };

const REQUIRED_GROUPS = 'authorization.kcp.io/required-groups';

/** Finds the state of a logical cluster in its LogicalCluster object, on every request. */
export function logicalClusterLookup(store: ObjectReader): LogicalClusterLookup {
  return (cluster) => {
    const object = store.get(logicalClusterBucket, { cluster, namespace: '', name: 'cluster' })?.decode();
    if (!object) return undefined;
    const status = own(object, 'status');
    const phase = isObject(status) ? own(status, 'phase') : undefined;
    const requiredGroups = object.metadata.annotations?.[REQUIRED_GROUPS];
    return { phase: typeof phase === 'string' ? phase : '', ...(requiredGroups !== undefined && { requiredGroups }) };
  };
}
