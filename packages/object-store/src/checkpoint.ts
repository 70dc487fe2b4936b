import type { Json, JsonObject, KubeObject } from '@kcp/api-machinery';
import { isArray, isObject } from '@kcp/api-machinery';
import type { Checkpoint, CheckpointStore, ReconcileKey, WaitingKey } from '@kcp/controller';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { parseName } from '@kcp/logical-cluster';
import type { Bucket, ObjectKey } from './keys.ts';
import type { ObjectWriter } from './object-store.ts';

/** Where this process keeps rows of its own; served to nobody. */
export const shardCluster = 'system:shard' as LogicalCluster;

/** The checkpoints of controllers; reserved, no resource may lie there. */
export const checkpointBucket: Bucket = { group: 'internal.kcp.io', resource: 'checkpoints' };

const FINGERPRINT = 'internal.kcp.io/v1/Checkpoint';

/** Keeps the checkpoint of one controller as a row of the store. */
export function checkpointStore(store: ObjectWriter, name: string): CheckpointStore {
  const key: ObjectKey = { cluster: shardCluster, namespace: '', name };
  return {
    load: async () => {
      await store.synced();
      const row = store.get(checkpointBucket, key);
      return row && decodeCheckpoint(row.decode());
    },
    save: async (checkpoint) => {
      const object = encodeCheckpoint(name, checkpoint);
      const current = store.get(checkpointBucket, key);
      const row = { bucket: checkpointBucket, key, object, fingerprint: FINGERPRINT };
      const outcome = await store.commit([
        current === undefined ? { kind: 'create', ...row } : { kind: 'update', ...row, expected: current.revision },
      ]);
      if (outcome.kind === 'refused') throw new Error(`the checkpoint ${name} is written by somebody else too`);
    },
  };
}

function encodeCheckpoint(name: string, { revision, version, waiting }: Checkpoint): KubeObject {
  return {
    apiVersion: 'internal.kcp.io/v1',
    kind: 'Checkpoint',
    metadata: { name },
    revision,
    version,
    waiting: waiting.map(({ key, at, failures }) => ({ key: encodeKey(key), at, failures })),
  };
}

function encodeKey({ cluster, namespace, name, bucket }: ReconcileKey): JsonObject {
  return { cluster, namespace, name, ...(bucket && { bucket: { ...bucket } }) };
}

/** Undefined where any of it is not what was written. */
function decodeCheckpoint(object: KubeObject): Checkpoint | undefined {
  const { revision, version, waiting } = object;
  if (typeof revision !== 'number' || typeof version !== 'number' || !isArray(waiting)) return undefined;
  const keys: WaitingKey[] = [];
  for (const item of waiting) {
    const decoded = decodeWaiting(item);
    if (decoded === undefined) return undefined;
    keys.push(decoded);
  }
  return { revision, version, waiting: keys };
}

function decodeWaiting(item: Json): WaitingKey | undefined {
  if (!isObject(item)) return undefined;
  const { key, at, failures } = item;
  const decoded = isObject(key) ? decodeKey(key) : undefined;
  return decoded === undefined || typeof at !== 'number' || typeof failures !== 'number'
    ? undefined
    : { key: decoded, at, failures };
}

function decodeKey({ cluster, namespace, name, bucket }: JsonObject): ReconcileKey | undefined {
  const owner = typeof cluster === 'string' ? parseName(cluster) : undefined;
  if (owner === undefined || typeof namespace !== 'string' || typeof name !== 'string') return undefined;
  if (!isObject(bucket)) return { cluster: owner, namespace, name };
  const { group, resource, identity } = bucket;
  if (typeof group !== 'string' || typeof resource !== 'string') return undefined;
  const where = { group, resource, ...(typeof identity === 'string' && { identity }) };
  return { cluster: owner, namespace, name, bucket: where };
}
