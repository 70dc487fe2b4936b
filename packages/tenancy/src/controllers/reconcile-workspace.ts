import { objectAt, optionalObjectAt, type KubeObject } from '@kcp/api-machinery';
import { commitAll, timestamp, unlessOvertaken } from '@kcp/apiserver';
import { again, done, type Reconcile, type ReconcileKey, type Result } from '@kcp/controller';
import { child, root, type LogicalCluster } from '@kcp/logical-cluster';
import { shards, workspaces } from '../buckets.ts';
import { conceive, prepareBirth } from '../birth/give-birth.ts';
import { clusterOfWorkspace } from '../cluster/cluster-of-workspace.ts';
import { logicalClusterKey, pathOf, storedLogicalCluster } from '../cluster/logical-cluster.ts';
import { shardOf, type Shard } from '../cluster/shard.ts';
import { logicalClusters } from '../buckets.ts';
import { SHARD_ANNOTATION, WORKSPACE_FINALIZER } from '../well-known.ts';
import type { TenancyDeps } from './deps.ts';
import { describeUnborn, describeWorkspace } from './describe-workspace.ts';
import { withoutFinalizer } from './let-go.ts';
import { writeSettled } from './write-settled.ts';

/** What cannot be scheduled is looked at again: shards come and go. */
const LOOK_AGAIN_MS = 2_000;

/** Brings a Workspace to what its logical cluster says, makes that one where it is missing, and lets go of it at the end. */
export function reconcileWorkspace(deps: TenancyDeps): Reconcile {
  return async (key) => {
    const workspace = deps.store.get(workspaces.bucket, { ...key, namespace: '' })?.decode();
    if (workspace === undefined || optionalObjectAt(objectAt(workspace, 'spec'), 'mount')) return done;
    const cluster = clusterOfWorkspace(workspace);
    const logicalCluster = cluster && storedLogicalCluster(deps.store, cluster)?.decode();
    if (workspace.metadata.deletionTimestamp !== undefined && !logicalCluster) return letGo(deps, key, workspace);
    if (!cluster || !logicalCluster) return giveBirth(deps, key, workspace);
    await tell(deps, key, { workspace, cluster, logicalCluster });
    if (workspace.metadata.deletionTimestamp !== undefined) await end(deps, cluster, { workspace, logicalCluster });
    return done;
  };
}

async function giveBirth(deps: TenancyDeps, key: ReconcileKey, workspace: KubeObject): Promise<Result> {
  const birth = conceive(deps.birth, key.cluster, workspace);
  if ('kind' in birth) {
    const now = timestamp(deps.clock.now());
    const settle = (object: KubeObject): KubeObject => describeUnborn(object, birth.why, now);
    await writeSettled(deps, { ...key, resource: workspaces.resource }, { current: workspace, settle });
    return again(LOOK_AGAIN_MS);
  }
  await commitAll(deps.store, await prepareBirth(deps.birth, birth));
  return again(0);
}

interface Pair {
  readonly workspace: KubeObject;
  readonly cluster: LogicalCluster;
  readonly logicalCluster: KubeObject;
}

async function tell(deps: TenancyDeps, key: ReconcileKey, { workspace, cluster, logicalCluster }: Pair): Promise<void> {
  const above = pathOf(storedLogicalCluster(deps.store, key.cluster)?.decode(), key.cluster);
  const path = child(above, key.name) ?? cluster;
  const housed = {
    cluster,
    logicalCluster,
    shard: shardNamed(deps, logicalCluster),
    path,
    now: timestamp(deps.clock.now()),
  };
  const settle = (object: KubeObject): KubeObject => describeWorkspace(object, housed);
  await writeSettled(deps, { ...key, resource: workspaces.resource }, { current: workspace, settle });
}

function shardNamed({ store }: TenancyDeps, { metadata }: KubeObject): Shard | undefined {
  const name = metadata.annotations?.[SHARD_ANNOTATION];
  const object = name && store.get(shards.bucket, { cluster: root, namespace: '', name })?.decode();
  return object ? shardOf(object) : undefined;
}

/** The logical cluster goes when nobody else holds the Workspace any more. */
async function end(
  deps: TenancyDeps,
  cluster: LogicalCluster,
  { workspace, logicalCluster }: Omit<Pair, 'cluster'>,
): Promise<void> {
  const { finalizers = [] } = workspace.metadata;
  if (finalizers.some((name) => name !== WORKSPACE_FINALIZER)) return;
  if (logicalCluster.metadata.deletionTimestamp !== undefined) return;
  const address = { ...logicalClusterKey(cluster), resource: logicalClusters.resource };
  await unlessOvertaken(deps.writer.remove(address));
}

async function letGo({ writer }: TenancyDeps, key: ReconcileKey, { metadata }: KubeObject): Promise<Result> {
  const { finalizers = [] } = metadata;
  if (!finalizers.includes(WORKSPACE_FINALIZER)) return done;
  const address = { ...key, resource: workspaces.resource };
  await unlessOvertaken(writer.update(address, withoutFinalizer(WORKSPACE_FINALIZER)));
  return done;
}
