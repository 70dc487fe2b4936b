import { objectAt, textAt, type KubeObject } from '@kcp/api-machinery';
import { parseName } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import { workspaces } from '../buckets.ts';

/**
 * True for the logical cluster of a Workspace that is gone: somebody deleted it before the server could hold it, or it was another one of the
 * same name. Both are made in one commit, so a LogicalCluster is never there before its Workspace.
 */
export function isAbandoned(store: Pick<ObjectReader, 'get'>, logicalCluster: KubeObject): boolean {
  const owner = objectAt(objectAt(logicalCluster, 'spec'), 'owner');
  const [cluster, name, uid] = [parseName(textAt(owner, 'cluster')), textAt(owner, 'name'), textAt(owner, 'uid')];
  if (textAt(owner, 'resource') !== workspaces.bucket.resource || cluster === undefined || name === '') return false;
  const workspace = store.get(workspaces.bucket, { cluster, namespace: '', name })?.decode();
  return workspace === undefined || (uid !== '' && workspace.metadata.uid !== uid);
}
