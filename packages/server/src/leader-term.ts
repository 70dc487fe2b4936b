import type { KubeObject } from '@kcp/api-machinery';
import { shardCluster, type Bucket, type ObjectKey, type ObjectWriter, type WriteCondition } from '@kcp/object-store';
import type { Lead, Leadership } from '@kcp/storage';

const bucket: Bucket = { group: 'internal.kcp.io', resource: 'terms' };
const FINGERPRINT = 'internal.kcp.io/v1/Term';

/** What controllers are started with: a store that takes writes only as long as the server leads. */
export type StartLed = (store: ObjectWriter) => AsyncDisposable;

/**
 * What a server does while it leads. On a store of several servers the term is noted in a row, and every write through the store that `start` gets depends on that row: who lost the lead
 * without noticing, because its process stood still, writes no more once the next leader has begun, checkpoints included.
 */
export function ledWith(leadership: Leadership, store: ObjectWriter, start: StartLed): Lead {
  return async (term) => {
    if (!leadership.isContested) return start(store);
    return start(underTerm(store, await begin(store, term)));
  };
}

/** Puts the row of the term. Rejects where the term ends meanwhile. */
async function begin(
  store: ObjectWriter,
  { role, holder, signal }: { readonly role: string; readonly holder: string; readonly signal: AbortSignal },
): Promise<WriteCondition> {
  const key: ObjectKey = { cluster: shardCluster, namespace: '', name: role };
  const object: KubeObject = { apiVersion: 'internal.kcp.io/v1', kind: 'Term', metadata: { name: role }, holder };
  const row = { bucket, key, object, fingerprint: FINGERPRINT };
  for (;;) {
    await store.synced();
    signal.throwIfAborted();
    const current = store.get(bucket, key);
    const write =
      current === undefined
        ? ({ kind: 'create', ...row } as const)
        : ({ kind: 'update', ...row, expected: current.revision } as const);
    const outcome = await store.commit([write]);
    const revision = outcome.kind === 'committed' ? outcome.objects[0]?.revision : undefined;
    if (revision !== undefined) return { bucket, key, revision };
  }
}

/** The same store, whose commits happen only as long as the term's row is as it was put. */
function underTerm(store: ObjectWriter, term: WriteCondition): ObjectWriter {
  return {
    synced: () => store.synced(),
    head: () => store.head(),
    get: (...parameters) => store.get(...parameters),
    page: (options) => store.page(options),
    count: (options) => store.count(options),
    generation: (selection) => store.generation(selection),
    watch: (options, listener) => store.watch(options, listener),
    watchEverything: (options, listener) => store.watchEverything(options, listener),
    dependants: (options) => store.dependants(options),
    buckets: (cluster) => store.buckets(cluster),
    lookup: (options) => store.lookup(options),
    everything: (options) => store.everything(options),
    commit: async (writes, conditions = [], sequels = []) => {
      const outcome = await store.commit(writes, [...conditions, term], sequels);
      const isOver =
        outcome.kind === 'refused' && outcome.bucket.resource === bucket.resource && outcome.key.name === term.key.name;
      if (isOver) throw new Error(`the term of this server as ${term.key.name} is over`);
      return outcome;
    },
  };
}
