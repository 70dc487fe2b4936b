import { hash } from 'node:crypto';
import { objectAt, textAt } from '@kcp/api-machinery';
import { startController, type Controller, type Reconcile, type ReconcileKey } from '@kcp/controller';
import { parseName, type LogicalCluster } from '@kcp/logical-cluster';
import { changeSource, type Bucket, type FollowedChange, type ObjectReader } from '@kcp/object-store';
import type { Logger, Meter } from '@kcp/telemetry';
import { logicalClusters, partitions, partitionSets, shards, workspaces, workspaceTypes } from '../buckets.ts';
import { logicalClusterKey, storedLogicalCluster } from '../cluster/logical-cluster.ts';
import { clusterOfWorkspace } from '../cluster/cluster-of-workspace.ts';
import { isIn, type ListStored } from '../content/content.ts';
import { mountKeys, reconcileMount } from '../mounts/reconcile-mount.ts';
import { partitionSetKeys, reconcilePartitionSet } from '../topology/reconcile-partition-set.ts';
import type { TenancyDeps } from './deps.ts';
import { reconcileLogicalCluster } from './reconcile-logical-cluster.ts';
import { reconcileWorkspace } from './reconcile-workspace.ts';
import { reconcileWorkspaceType, workspaceTypeKeys } from './reconcile-workspace-type.ts';

/** What the controllers of workspaces are started with. */
export interface TenancyControllersOptions extends TenancyDeps {
  readonly listStored: ListStored;
  /** False: mounted workspaces stay as they are (WorkspaceMounts). */
  readonly mounts: boolean;
  /** Where this server is reached. With another URL than before all workspaces are gone over: they say where they are. */
  readonly externalUrl: string;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** So many workspaces are worked on at a time: what they wait for is the disk. */
const CONCURRENCY = 64;

/** Starts what brings workspaces and logical clusters through their lives: one set for all of them. */
export function startTenancyControllers(options: TenancyControllersOptions): readonly Controller[] {
  return [
    start(options, 'workspace', {
      buckets: [workspaces.bucket, logicalClusters.bucket],
      keysOf: workspaceKeys,
      reconcile: reconcileWorkspace(options),
    }),
    start(options, 'logical-cluster', {
      buckets: [logicalClusters.bucket, workspaces.bucket],
      keysOf: (change) => logicalClusterKeys(options.store, change),
      reconcile: reconcileLogicalCluster(options, options.listStored),
    }),
    start(options, 'workspace-type', {
      buckets: [workspaceTypes.bucket, shards.bucket],
      keysOf: workspaceTypeKeys,
      reconcile: reconcileWorkspaceType(options),
    }),
    start(options, 'partition-set', {
      buckets: [partitionSets.bucket, partitions.bucket, shards.bucket],
      keysOf: partitionSetKeys,
      reconcile: reconcilePartitionSet(options),
    }),
    ...(options.mounts ? [startMounts(options)] : []),
  ];
}

function startMounts(options: TenancyControllersOptions): Controller {
  const reconcile = reconcileMount(options, options.listStored);
  return start(options, 'workspace-mount', { buckets: 'every', keysOf: mountKeys(options.store), reconcile });
}

interface Work {
  readonly buckets: readonly Bucket[] | 'every';
  readonly keysOf: (change: FollowedChange) => readonly ReconcileKey[];
  readonly reconcile: Reconcile;
}

function start(options: TenancyControllersOptions, name: string, { buckets, ...work }: Work): Controller {
  const { store, clock, logger, meter } = options;
  const version = hash('sha256', options.externalUrl, 'buffer').readUIntBE(0, 6);
  const source = changeSource({ store, buckets, checkpointName: name });
  return startController({ ...work, name, version, source, concurrency: CONCURRENCY, clock, logger, meter });
}

/** The Workspace itself, or the one that owns the LogicalCluster that changed. */
export function workspaceKeys({ object }: FollowedChange): readonly ReconcileKey[] {
  if (isIn(object, workspaces.bucket)) return [object.key];
  const owner = objectAt(objectAt(object.decode(), 'spec'), 'owner');
  const [cluster, name] = [parseName(textAt(owner, 'cluster')), textAt(owner, 'name')];
  const isOwned = textAt(owner, 'resource') === workspaces.bucket.resource;
  return isOwned && cluster !== undefined && name !== '' ? [{ cluster, namespace: '', name }] : [];
}

/**
 * The LogicalCluster itself; of a Workspace that went its own, if it is left, and the one that it went from, if that ends too and has waited for its last.
 */
export function logicalClusterKeys(
  store: Pick<ObjectReader, 'get' | 'count'>,
  { kind, object }: FollowedChange,
): readonly ReconcileKey[] {
  if (isIn(object, logicalClusters.bucket)) return kind === 'put' ? [object.key] : [];
  if (kind !== 'delete') return [];
  const { cluster } = object.key;
  const own = clusterOfWorkspace(object.decode());
  // mostly it went in the same commit
  const isLeft = own !== undefined && storedLogicalCluster(store, own) !== undefined;
  const waits = storedLogicalCluster(store, cluster)?.isTerminating === true && !hasWorkspaces(store, cluster);
  return [...(waits ? [cluster] : []), ...(isLeft ? [own] : [])].map(logicalClusterKey);
}

function hasWorkspaces(store: Pick<ObjectReader, 'count'>, cluster: LogicalCluster): boolean {
  return store.count({ bucket: workspaces.bucket, cluster, limit: 1 }) > 0;
}
