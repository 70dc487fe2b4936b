import { equal, objectAt, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import { timestamp, unlessOvertaken } from '@kcp/apiserver';
import { done, type Reconcile } from '@kcp/controller';
import { root, type LogicalCluster } from '@kcp/logical-cluster';
import { shards, workspaceTypes } from '../buckets.ts';
import { shardOf } from '../cluster/shard.ts';
import { withCondition } from '../conditions.ts';
import { lifecycleName } from '../type/workspace-type.ts';
import type { TenancyDeps } from './deps.ts';

const MOST_SHARDS = 2_000;

/** Says of a WorkspaceType where its initializer and its terminator are served. */
export function reconcileWorkspaceType(deps: TenancyDeps): Reconcile {
  return async (key) => {
    if (deps.store.get(workspaceTypes.bucket, { ...key, namespace: '' }) === undefined) return done;
    const virtualWorkspaces = urls(deps, key.cluster, key.name);
    const now = timestamp(deps.clock.now());
    const settle = (old: KubeObject): KubeObject => {
      const before = objectAt(old, 'status');
      const status = ready(before, virtualWorkspaces, now);
      return equal(status, before) ? old : { ...old, status };
    };
    await unlessOvertaken(deps.writer.update({ ...key, resource: workspaceTypes.resource }, settle, 'status'));
    return done;
  };
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
    .map((stored) => shardOf(stored.decode()).virtualWorkspaceUrl)
    .filter((url) => url !== '')
    .flatMap((url) =>
      ['initializing', 'terminating'].map((type) => ({
        url: `${url}/services/${type}workspaces/${lifecycleName({ cluster, name })}`,
        type,
      })),
    );
}
