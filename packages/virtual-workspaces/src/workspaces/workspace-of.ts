import { objectAt, textAt } from '@kcp/api-machinery';
import { parseName, type LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader, StoredObject } from '@kcp/object-store';
import { clusterOfWorkspace, storedLogicalCluster, workspaces } from '@kcp/tenancy';

/** The Workspace that a logical cluster was made for; undefined where it was made for none, or it is gone. */
export function workspaceOf(
  store: Pick<ObjectReader, 'get'>,
  cluster: LogicalCluster,
  at?: number,
): StoredObject | undefined {
  const own =
    at === undefined
      ? store
      : { get: (...[bucket, key]: Parameters<ObjectReader['get']>) => store.get(bucket, key, at) };
  const object = storedLogicalCluster(own, cluster)?.decode();
  if (object === undefined) return undefined;
  const owner = objectAt(objectAt(object, 'spec'), 'owner');
  const parent = parseName(textAt(owner, 'cluster'));
  const { resource, group } = workspaces.resource;
  if (
    parent === undefined ||
    textAt(owner, 'resource') !== resource ||
    !textAt(owner, 'apiVersion').startsWith(`${group}/`)
  )
    return undefined;
  const found = own.get(workspaces.bucket, { cluster: parent, namespace: '', name: textAt(owner, 'name') });
  // a name can be taken again by another workspace
  return found !== undefined && clusterOfWorkspace(found.decode()) === cluster ? found : undefined;
}
