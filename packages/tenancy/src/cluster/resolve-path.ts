import { objectAt, textAt } from '@kcp/api-machinery';
import { asName, parseName, type ClusterPath, type LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import { workspaces } from '../buckets.ts';
import { homeClusterName } from './cluster-name.ts';
import { storedLogicalCluster } from './logical-cluster.ts';

/** What paths of homes begin with: `user:<name>`. */
export const HOMES = 'user';

/** Where the way that a path describes begins, and the names of Workspaces on it. */
export interface Way {
  readonly cluster: LogicalCluster | undefined;
  readonly rest: readonly string[];
}

/** `user:<name>` begins at the home of that user, where there is one; other paths at the logical cluster that they name first. */
export function beginning(store: Pick<ObjectReader, 'get'>, [first = '', ...rest]: readonly string[]): Way {
  const [user, ...below] = rest;
  if (first !== HOMES || user === undefined) return { cluster: parseName(first), rest };
  const home = homeClusterName(user);
  return { cluster: storedLogicalCluster(store, home) ? home : undefined, rest: below };
}

/**
 * Finds the logical cluster that a path leads to: its first segment is a logical cluster's name, each further one the name of a
 * Workspace there. Undefined where there is none, or none yet. Reads the store once for each segment and remembers nothing.
 */
export function resolvePath(store: Pick<ObjectReader, 'get'>, path: ClusterPath): LogicalCluster | undefined {
  const whole = asName(path);
  if (whole !== undefined) return whole;
  const { cluster: first, rest } = beginning(store, path.split(':'));
  let cluster = first;
  for (const name of rest) {
    if (cluster === undefined) return undefined;
    cluster = childCluster(store, cluster, name);
  }
  return cluster;
}

/** The logical cluster of a Workspace; undefined where there is none, or it is not scheduled. */
export function childCluster(
  store: Pick<ObjectReader, 'get'>,
  cluster: LogicalCluster,
  name: string,
): LogicalCluster | undefined {
  const workspace = store.get(workspaces.bucket, { cluster, namespace: '', name })?.decode();
  return workspace && parseName(textAt(objectAt(workspace, 'spec'), 'cluster'));
}
