import { byCodePoint, objectAt, textAt, type KubeObject } from '@kcp/api-machinery';
import { timestamp, unlessOvertaken } from '@kcp/apiserver';
import { again, done, type Reconcile, type ReconcileKey, type Result } from '@kcp/controller';
import { root } from '@kcp/logical-cluster';
import type { StoredObject } from '@kcp/object-store';
import { logicalClusters, shards } from '../buckets.ts';
import { isAbandoned } from '../cluster/owner-of.ts';
import { settle } from '../cluster/settle.ts';
import { shardOf } from '../cluster/shard.ts';
import { withCondition } from '../conditions.ts';
import { presentKinds, type ListStored } from '../content/content.ts';
import { removableAtOnce, removeContent, removeRows, type Remaining } from '../content/remove-content.ts';
import { hasTerminated } from '../content/standing.ts';
import { LOGICAL_CLUSTER_FINALIZER, SHARD_ANNOTATION } from '../well-known.ts';
import type { TenancyDeps } from './deps.ts';
import { writeSettled } from './write-settled.ts';

const SOONEST = 200;
const LATEST = 60_000;

/** Brings a LogicalCluster through its phases, and removes everything in it at the end. */
export function reconcileLogicalCluster(deps: TenancyDeps, listStored: ListStored): Reconcile {
  return async (key) => {
    const stored = deps.store.get(logicalClusters.bucket, { ...key, namespace: '' });
    if (stored === undefined) return done;
    const object = stored.decode();
    if (object.metadata.deletionTimestamp === undefined && isAbandoned(deps.store, object)) {
      await unlessOvertaken(deps.writer.remove({ ...key, resource: logicalClusters.resource }));
      return done;
    }
    const isTerminated = hasTerminated(object);
    if (isTerminated && (await removeAtOnce(deps, stored, listStored))) return done;
    const now = timestamp(deps.clock.now());
    const url = urlOf(deps, key, object);
    const address = { ...key, resource: logicalClusters.resource };
    await writeSettled(deps, address, { current: object, settle: (old) => settle(old, { url, now }) });
    return isTerminated ? end(deps, key, { object, listStored }) : done;
  };
}

/** Where it is served by its shard; what it says already, where the shard is not known. */
function urlOf({ store }: TenancyDeps, { cluster }: ReconcileKey, { metadata, ...object }: KubeObject): string {
  const said = textAt(objectAt({ ...object }, 'status'), 'URL');
  const name = metadata.annotations?.[SHARD_ANNOTATION];
  const shard = name && store.get(shards.bucket, { cluster: root, namespace: '', name })?.decode();
  return shard ? `${shardOf(shard).externalUrl}/clusters/${cluster}` : said;
}

/** Most logical clusters hold a handful of objects that nobody holds: they go in one commit, together with the LogicalCluster. */
async function removeAtOnce(deps: TenancyDeps, stored: StoredObject, listStored: ListStored): Promise<boolean> {
  const { cluster } = stored.key;
  const { finalizers = [] } = stored.decode().metadata;
  if (finalizers.some((name) => name !== LOGICAL_CLUSTER_FINALIZER)) return false;
  const rows = removableAtOnce(deps.store, cluster, await presentKinds(deps.store, cluster, listStored));
  return rows !== undefined && (await removeRows(deps.store, [...rows, stored]));
}

interface Ending {
  readonly object: KubeObject;
  readonly listStored: ListStored;
}

async function end(deps: TenancyDeps, key: ReconcileKey, { object, listStored }: Ending): Promise<Result> {
  const kinds = await presentKinds(deps.store, key.cluster, listStored);
  const remaining = await removeContent(deps, key.cluster, kinds);
  const address = { ...key, resource: logicalClusters.resource };
  if (remaining.byResource.size > 0) {
    const now = timestamp(deps.clock.now());
    const say = (old: KubeObject): KubeObject => withRemaining(old, remaining, now);
    await unlessOvertaken(deps.writer.update(address, say, 'status'));
    return lookAgain(object, deps.clock.now());
  }
  const without = (old: KubeObject): KubeObject => {
    const finalizers = (old.metadata.finalizers ?? []).filter((name) => name !== LOGICAL_CLUSTER_FINALIZER);
    return { ...old, metadata: { ...old.metadata, finalizers } };
  };
  await unlessOvertaken(deps.writer.update(address, without));
  return done;
}

/** What waits for finalizers tells nobody here when it goes: it is looked at again, ever less often. */
function lookAgain({ metadata }: KubeObject, now: number): Result {
  const since = Date.parse(metadata.deletionTimestamp ?? '');
  const age = Number.isNaN(since) ? 0 : now - since;
  return again(Math.min(LATEST, Math.max(SOONEST, age / 20)));
}

function withRemaining(object: KubeObject, { byResource, byFinalizer }: Remaining, now: string): KubeObject {
  const listed = (counts: ReadonlyMap<string, number>, join: string): string =>
    [...counts]
      .map(([name, many]) => `${name}${join}${many} resource instances`)
      .sort(byCodePoint)
      .join(', ');
  const parts = [`Some resources are remaining: ${listed(byResource, ' has ')}`];
  if (byFinalizer.size > 0)
    parts.push(`Some content in the logical cluster has finalizers remaining: ${listed(byFinalizer, ' in ')}`);
  const claim = {
    type: 'WorkspaceContentDeleted',
    status: 'False',
    severity: 'Info',
    reason: 'SomeResourcesRemain',
    message: parts.join('; '),
  } as const;
  const before = objectAt(object, 'status');
  const status = withCondition(before, claim, now);
  return status === before ? object : { ...object, status };
}
