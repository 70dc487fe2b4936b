import type { Catalog, InProcessWriter } from '@kcp/apiserver';
import type { Clock, Controller, ReconcileContext, ReconcileKey, Result } from '@kcp/controller';
import { again, done, startController } from '@kcp/controller';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { FollowedChange, ObjectWriter, StoredObject } from '@kcp/object-store';
import { changeSource } from '@kcp/object-store';
import type { Logger, Meter } from '@kcp/telemetry';
import { changedKeys } from './changed-keys.ts';
import type { Collection } from './collect-dependant.ts';
import { collectDependant, dropOwners } from './collect-dependant.ts';
import type { Wait } from './finalizers.ts';
import { FOREGROUND, ORPHAN, waitOf } from './finalizers.ts';
import type { OwnerIdentity, OwnerTask } from './owner-key.ts';
import { taskOfKey } from './owner-key.ts';
import { OwnerStates } from './owner-states.ts';
import { ServedKinds } from './served-kinds.ts';
import { release, releaseUnlessBlocked, waitingOwner } from './waiting-owner.ts';
import { Walks } from './walks.ts';

const NAME = 'garbage-collector';

/** Owners and dependants that are worked on at a time, in all logical clusters together. */
const CONCURRENCY = 4;

/** What the collector works with. */
export interface GarbageCollectorOptions {
  /** Read and followed; the collector writes nothing there but its checkpoint. */
  readonly store: ObjectWriter;
  /** Writes as the collector: the ordinary write path, admission included. */
  readonly writer: InProcessWriter;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
}

/**
 * Deletes what nobody owns any longer, in all logical clusters (k8s.io/kubernetes pkg/controller/garbagecollector): dependants whose
 * owners are gone, dependants of owners that are deleted in the foreground, and the collector's own finalizers once what they
 * stand for is done. It keeps no graph: who depends on whom is read from the store's owner index.
 */
export function startGarbageCollector(options: GarbageCollectorOptions): Controller {
  const { store, clock, logger, meter } = options;
  const collector = new GarbageCollector(options);
  return startController<FollowedChange>({
    name: NAME,
    source: changeSource({ store, buckets: 'every', checkpointName: NAME }),
    keysOf: (change) => changedKeys(store, change),
    reconcile: (key, context) => collector.reconcile(key, context),
    concurrency: CONCURRENCY,
    clock,
    logger,
    meter,
  });
}

class GarbageCollector {
  readonly #options: GarbageCollectorOptions;
  readonly #walks: Walks;

  constructor(options: GarbageCollectorOptions) {
    this.#options = options;
    this.#walks = new Walks(options.store);
  }

  async reconcile(key: ReconcileKey, { signal }: ReconcileContext): Promise<Result> {
    const task = taskOfKey(key);
    if (task !== undefined) return this.#doTask(task, key, signal);
    const stored = key.bucket && this.#options.store.get(key.bucket, key);
    if (stored === undefined) return done;
    const wait = waitOf(stored);
    if (wait !== undefined) return this.#serve(stored, { wait, signal });
    await collectDependant(stored, this.#work(key.cluster));
    return done;
  }

  #work(cluster: LogicalCluster, gone?: OwnerIdentity): Collection {
    const { store, writer, catalog } = this.#options;
    const kinds = new ServedKinds(catalog.of(cluster));
    return { store, writer, kinds, owners: new OwnerStates({ store, kinds, ...(gone && { gone }) }) };
  }

  async #doTask({ kind, owner }: OwnerTask, key: ReconcileKey, signal: AbortSignal): Promise<Result> {
    if (kind === 'waiting') {
      await this.#releaseOwner(owner);
      return done;
    }
    const work = this.#work(owner.cluster, owner);
    const each = (dependant: Parameters<typeof collectDependant>[0]): Promise<void> =>
      collectDependant(dependant, work);
    const walked = await this.#walks.step({ key, purpose: 'gone', owner, signal, each });
    return walked === 'more' ? again(0) : done;
  }

  /** A walk over its dependants that is under way looks itself at its end. */
  async #releaseOwner(owner: OwnerIdentity): Promise<void> {
    const work = this.#work(owner.cluster);
    const stored = waitingOwner(work.store, work.kinds, owner);
    if (stored === undefined || this.#walks.isUnderWay({ ...stored.key, bucket: stored.bucket })) return;
    await releaseUnlessBlocked(stored, work);
  }

  /** What an object waits for that is being deleted: its dependants are orphaned, or deleted before it. */
  async #serve(
    stored: StoredObject,
    { wait, signal }: { readonly wait: Wait; readonly signal: AbortSignal },
  ): Promise<Result> {
    const { cluster } = stored.key;
    const { uid = '' } = stored.decode().metadata;
    const work = this.#work(cluster);
    const uids = new Set([uid]);
    const each = async (dependant: Parameters<typeof collectDependant>[0]): Promise<void> => {
      if (wait === FOREGROUND) return collectDependant(dependant, work);
      const found = work.store.get(dependant.bucket, dependant.key);
      if (found !== undefined) await dropOwners(found, uids, work);
    };
    const key = { ...stored.key, bucket: stored.bucket };
    const step = { key, purpose: `${wait} ${uid}`, owner: { cluster, uid }, signal, each };
    try {
      if ((await this.#walks.step(step)) === 'more') return again(0);
    } finally {
      // a dependant that cannot be deleted holds its owner only where it says so
      if (wait === FOREGROUND && !this.#walks.isUnderWay(key)) await releaseUnlessBlocked(stored, work);
    }
    if (wait === ORPHAN) await release(stored, ORPHAN, work);
    return done;
  }
}
