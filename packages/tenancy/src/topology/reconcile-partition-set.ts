import {
  ApiError,
  equal,
  listAt,
  matchesLabels,
  objectAt,
  optionalObjectAt,
  selectorFromLabelSelector,
  type JsonObject,
  type KubeObject,
} from '@kcp/api-machinery';
import { timestamp, unlessOvertaken } from '@kcp/apiserver';
import { done, type Reconcile, type ReconcileKey } from '@kcp/controller';
import { root } from '@kcp/logical-cluster';
import type { FollowedChange, StoredObject } from '@kcp/object-store';
import { partitions, partitionSets, shards } from '../buckets.ts';
import { withCondition, type Claim } from '../conditions.ts';
import { isIn } from '../content/content.ts';
import type { TenancyDeps } from '../controllers/deps.ts';
import { forEveryKey } from './for-every-key.ts';
import {
  dimensionsOf,
  labelsAt,
  partitionPrefix,
  partitionsOf,
  textOf,
  type Labels,
  type Partitions,
} from './partition.ts';

const MOST_SHARDS = 2_000;
/** So many dependants are read at a time. */
const PAGE = 100;

const nothing: readonly ReconcileKey[] = [];

/** A PartitionSet itself, the one that owns a Partition, or all of them where a shard comes, goes or gets other labels. */
export function partitionSetKeys({ kind, object, previous }: FollowedChange): readonly ReconcileKey[] {
  if (isIn(object, partitionSets.bucket)) return kind === 'put' ? [object.key] : nothing;
  if (isIn(object, partitions.bucket)) {
    const owners = object.decode().metadata.ownerReferences ?? [];
    const names = owners.filter((owner) => owner.kind === 'PartitionSet').map(({ name }) => name);
    return names.map((name) => ({ ...object.key, name }));
  }
  const isSame = kind === 'put' && previous !== undefined && equal(labelsOf(previous), labelsOf(object));
  return isSame || object.key.cluster !== root ? nothing : [{ ...object.key, bucket: shards.bucket }];
}

function labelsOf(stored: StoredObject): Record<string, string> {
  return { ...stored.decode().metadata.labels };
}

/** Keeps a Partition for every group of shards that a PartitionSet tells apart (kcp's topology.kcp.io controller). */
export function reconcilePartitionSet(deps: TenancyDeps): Reconcile {
  return async (key) => {
    if (key.bucket?.resource !== shards.bucket.resource) await reconcile(deps, key);
    else await forEveryKey(deps.store, partitionSets.bucket, (each) => reconcile(deps, each));
    return done;
  };
}

async function reconcile(deps: TenancyDeps, { cluster, name }: ReconcileKey): Promise<void> {
  const key = { cluster, namespace: '', name };
  const set = deps.store.get(partitionSets.bucket, key)?.decode();
  if (set === undefined || set.metadata.deletionTimestamp !== undefined) return;
  const now = timestamp(deps.clock.now());
  const wanted = wantedBy(deps, set);
  if ('why' in wanted) return say(deps, key, (status) => invalid(status, wanted.why, now));
  await settle(deps, { set, key, wanted: wanted.partitions });
  await say(deps, key, (status) => ready({ ...status, count: wanted.partitions.size }, now));
}

function wantedBy(
  { store }: TenancyDeps,
  set: KubeObject,
): { readonly partitions: Partitions } | { readonly why: string } {
  const selector = optionalObjectAt(objectAt(set, 'spec'), 'shardSelector');
  try {
    const parsed = selector && selectorFromLabelSelector(selector);
    const found = store
      .page({ bucket: shards.bucket, cluster: root, limit: MOST_SHARDS })
      .objects.map((stored): Labels => stored.decode().metadata.labels ?? {})
      .filter((labels) => parsed === undefined || matchesLabels(parsed, labels));
    const selected = Object.keys(labelsAt(selector ?? {}, 'matchLabels'));
    return { partitions: partitionsOf(found, dimensionsOf(set), selected) };
  } catch (error) {
    if (error instanceof ApiError) return { why: error.message };
    throw error;
  }
}

interface Settlement {
  readonly set: KubeObject;
  readonly key: ReconcileKey;
  readonly wanted: Partitions;
}

/** Removes the partitions that are not wanted any more, and makes those that are missing. */
async function settle(deps: TenancyDeps, { set, key, wanted }: Settlement): Promise<void> {
  const { cluster } = key;
  const selector = optionalObjectAt(objectAt(set, 'spec'), 'shardSelector') ?? {};
  const matchExpressions = listAt(selector, 'matchExpressions');
  const there = new Set<string>();
  for (const partition of ownedBy(deps, set, key)) {
    const own = objectAt(objectAt(partition, 'spec'), 'selector');
    const text = textOf(labelsAt(own, 'matchLabels'));
    const isWanted = wanted.has(text) && !there.has(text) && equal(listAt(own, 'matchExpressions'), matchExpressions);
    if (isWanted) there.add(text);
    else await unlessOvertaken(deps.writer.remove({ ...addressOf(key), name: partition.metadata.name ?? '' }));
  }
  for (const [text, matchLabels] of wanted) {
    if (there.has(text)) continue;
    const own = { matchLabels, ...(matchExpressions.length > 0 && { matchExpressions }) };
    const metadata = {
      generateName: partitionPrefix(key.name, dimensionsOf(set), matchLabels),
      ownerReferences: [ownerReference(set)],
    };
    await deps.writer.create(
      { cluster, namespace: '', resource: partitions.resource },
      { metadata, spec: { selector: own } },
    );
  }
}

function addressOf({ cluster }: ReconcileKey) {
  return { cluster, namespace: '', resource: partitions.resource };
}

function ownedBy({ store }: TenancyDeps, { metadata }: KubeObject, { cluster }: ReconcileKey): readonly KubeObject[] {
  const found: KubeObject[] = [];
  let after: string | undefined;
  do {
    const page = store.dependants({
      cluster,
      owner: metadata.uid ?? '',
      limit: PAGE,
      ...(after !== undefined && { after }),
    });
    for (const { bucket, key } of page.dependants) {
      const partition = bucket.resource === partitions.bucket.resource ? store.get(bucket, key)?.decode() : undefined;
      if (partition && partition.metadata.deletionTimestamp === undefined) found.push(partition);
    }
    after = page.next;
  } while (after !== undefined);
  return found;
}

function ownerReference({ apiVersion, kind, metadata: { name = '', uid = '' } }: KubeObject) {
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

async function say(
  { writer }: TenancyDeps,
  key: ReconcileKey,
  change: (status: JsonObject) => JsonObject,
): Promise<void> {
  const settled = (old: KubeObject): KubeObject => {
    const before = objectAt(old, 'status');
    const status = change(before);
    return equal(status, before) ? old : { ...old, status };
  };
  await unlessOvertaken(writer.update({ ...key, resource: partitionSets.resource }, settled, 'status'));
}

const FAILED = { status: 'False', severity: 'Error' } as const;

function invalid(status: JsonObject, message: string, now: string): JsonObject {
  const claim: Claim = { ...FAILED, type: 'PartitionSetValid', reason: 'InvalidSelector', message };
  const generating: Claim = { ...FAILED, type: 'PartitionsReady', reason: 'ErrorGeneratingPartitions' };
  return withCondition(withCondition(status, claim, now), generating, now);
}

function ready(status: JsonObject, now: string): JsonObject {
  const valid = withCondition(status, { type: 'PartitionSetValid', status: 'True' }, now);
  return withCondition(valid, { type: 'PartitionsReady', status: 'True' }, now);
}
