import { equal, objectAt, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import { timestamp, unlessOvertaken } from '@kcp/apiserver';
import { done, type Reconcile, type ReconcileKey } from '@kcp/controller';
import { root, type LogicalCluster } from '@kcp/logical-cluster';
import type { FollowedChange, StoredObject } from '@kcp/object-store';
import { shards, workspaceTypes } from '../buckets.ts';
import { shardOf } from '../cluster/shard.ts';
import { withCondition } from '../conditions.ts';
import { isIn } from '../content/content.ts';
import { forEveryKey } from '../topology/for-every-key.ts';
import { lifecycleName } from '../type/workspace-type.ts';
import type { TenancyDeps } from './deps.ts';

const MOST_SHARDS = 2_000;

/** A WorkspaceType itself, or all of them where a shard comes, goes or serves its virtual workspaces elsewhere. */
export function workspaceTypeKeys({ kind, object, previous }: FollowedChange): readonly ReconcileKey[] {
  if (isIn(object, workspaceTypes.bucket)) return kind === 'put' ? [object.key] : [];
  const isSame = kind === 'put' && previous !== undefined && servedAt(previous) === servedAt(object);
  return isSame || object.key.cluster !== root ? [] : [{ ...object.key, bucket: shards.bucket }];
}

/** Says of a WorkspaceType where its initializer and its terminator are served. */
export function reconcileWorkspaceType(deps: TenancyDeps): Reconcile {
  return async (key) => {
    if (key.bucket?.resource !== shards.bucket.resource) await reconcile(deps, key);
    else await forEveryKey(deps.store, workspaceTypes.bucket, (each) => reconcile(deps, each));
    return done;
  };
}

async function reconcile(deps: TenancyDeps, { cluster, name }: ReconcileKey): Promise<void> {
  const key = { cluster, namespace: '', name };
  if (deps.store.get(workspaceTypes.bucket, key) === undefined) return;
  const virtualWorkspaces = urls(deps, cluster, name);
  const now = timestamp(deps.clock.now());
  const settle = (old: KubeObject): KubeObject => {
    const before = objectAt(old, 'status');
    const status = ready(before, virtualWorkspaces, now);
    return equal(status, before) ? old : { ...old, status };
  };
  await unlessOvertaken(deps.writer.update({ ...key, resource: workspaceTypes.resource }, settle, 'status'));
}

function ready(before: JsonObject, virtualWorkspaces: readonly JsonObject[], now: string): JsonObject {
  const known = withCondition(
    { ...before, virtualWorkspaces },
    { type: 'VirtualWorkspaceURLsReady', status: 'True' },
    now,
  );
  return withCondition(known, { type: 'Ready', status: 'True' }, now);
}

function urls({ store }: TenancyDeps, cluster: LogicalCluster, name: string): readonly JsonObject[] {
  const found = store.page({ bucket: shards.bucket, cluster: root, limit: MOST_SHARDS }).objects;
  return found
    .map(servedAt)
    .filter((url) => url !== '')
    .flatMap((url) =>
      ['initializing', 'terminating'].map((type) => ({
        url: `${url}/services/${type}workspaces/${lifecycleName({ cluster, name })}`,
        type,
      })),
    );
}

function servedAt(shard: StoredObject): string {
  return shardOf(shard.decode()).virtualWorkspaceUrl;
}
