import { objectAt, textAt } from '@kcp/api-machinery';
import type { ClusterPath, LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import { workspaces } from '../buckets.ts';
import { phaseOf } from '../cluster/logical-cluster.ts';
import { beginning, childCluster } from '../cluster/resolve-path.ts';
import { mountReference } from './mount-reference.ts';

/** A mounted workspace. */
export interface Mount {
  /** Where its Workspace is: whose call it is that goes there. */
  readonly cluster: LogicalCluster;
  /** Where it is served; undefined where that cannot be reached at the moment. */
  readonly url: string | undefined;
}

/**
 * The mounted workspace that a path leads to; undefined where it leads to none. What is below a mount is not ours to find: a path that goes
 * on there leads nowhere, rather than to the mount itself as in kcp, which would take what is meant for one workspace into another.
 */
export function findMount(store: Pick<ObjectReader, 'get'>, path: ClusterPath): Mount | undefined {
  const way = beginning(store, path.split(':'));
  const name = way.rest.at(-1);
  let { cluster } = way;
  for (const each of way.rest.slice(0, -1)) cluster = cluster && childCluster(store, cluster, each);
  if (cluster === undefined || name === undefined) return undefined;
  const workspace = store.get(workspaces.bucket, { cluster, namespace: '', name })?.decode();
  if (!workspace || !mountReference(workspace)) return undefined;
  if (phaseOf(workspace) === 'Unavailable') return { cluster, url: undefined };
  const url = textAt(objectAt(workspace, 'spec'), 'URL');
  return url === '' ? undefined : { cluster, url };
}
