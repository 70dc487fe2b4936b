import { byCodePoint, objectAt, textAt, type KubeObject } from '@kcp/api-machinery';
import { timestamp, unlessOvertaken } from '@kcp/apiserver';
import { again, done, type Reconcile, type ReconcileKey, type Result } from '@kcp/controller';
import { root } from '@kcp/logical-cluster';
import type { StoredObject } from '@kcp/object-store';
import { logicalClusters, shards, workspaces } from '../buckets.ts';
import { isAbandoned } from '../cluster/owner-of.ts';
import { settle } from '../cluster/settle.ts';
import { shardOf } from '../cluster/shard.ts';
import { withCondition } from '../conditions.ts';
import { kindsOf, presentBuckets, type ListStored } from '../content/content.ts';
import { removableAtOnce, removeContent, removeRows, type Remaining } from '../content/remove-content.ts';
import { hasTerminated } from '../content/standing.ts';
import { LOGICAL_CLUSTER_FINALIZER, SHARD_ANNOTATION } from '../well-known.ts';
import type { TenancyDeps } from './deps.ts';
import { prepareEndOfWorkspace, withoutFinalizer } from './let-go.ts';
import { writeSettled } from './write-settled.ts';

const SOONEST = 200;
const LATEST = 60_000;
/** Looking at an object takes some 50 µs: looking takes a hundredth of the time. */
const LOOK_MS_EACH = 5;
const WORKSPACES = `${workspaces.bucket.resource}.${workspaces.bucket.group}`;

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

/**
 * Most logical clusters hold a handful of objects that nobody holds: they go in one commit, together with the LogicalCluster and the Workspace
 * that it was made for.
 */
async function removeAtOnce(deps: TenancyDeps, stored: StoredObject, listStored: ListStored): Promise<boolean> {
  const { cluster } = stored.key;
  const object = stored.decode();
  const { finalizers = [] } = object.metadata;
  if (finalizers.some((name) => name !== LOGICAL_CLUSTER_FINALIZER)) return false;
  const buckets = await presentBuckets(deps.store, cluster);
  const rows = removableAtOnce(deps.store, cluster, { buckets, listStored });
  if (rows === undefined) return false;
  return removeRows(deps.store, [...rows, stored], await prepareEndOfWorkspace(deps, object));
}

interface Ending {
  readonly object: KubeObject;
  readonly listStored: ListStored;
}

async function end(deps: TenancyDeps, key: ReconcileKey, { object, listStored }: Ending): Promise<Result> {
  const kinds = kindsOf(await presentBuckets(deps.store, key.cluster), key.cluster, listStored);
  const remaining = await removeContent(deps, key.cluster, kinds);
  const address = { ...key, resource: logicalClusters.resource };
  if (remaining.byResource.size > 0) {
    const now = timestamp(deps.clock.now());
    const say = (old: KubeObject): KubeObject => withRemaining(old, remaining, now);
    await unlessOvertaken(deps.writer.update(address, say, 'status'));
    return lookAgain(object, remaining, deps.clock.now());
  }
  await unlessOvertaken(deps.writer.update(address, withoutFinalizer(LOGICAL_CLUSTER_FINALIZER)));
  return done;
}

/**
 * What waits for finalizers tells nobody here when it goes: it is looked at again, ever less often, and the more there is the less often. Of
 * Workspaces the last one tells (start.ts): looking again is for what is said of them.
 */
function lookAgain({ metadata }: KubeObject, { byResource }: Remaining, now: number): Result {
  let looking = 0;
  for (const [name, many] of byResource) looking += many * (name === WORKSPACES ? 4 : 1) * LOOK_MS_EACH;
  const since = Date.parse(metadata.deletionTimestamp ?? '');
  const age = Number.isNaN(since) ? 0 : now - since;
  return again(Math.min(LATEST, Math.max(SOONEST, age / 20, looking)));
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
