import { setImmediate as turn } from 'node:timers/promises';
import type { KubeObject } from '@kcp/api-machinery';
import type { Clock, Controller } from '@kcp/controller';
import { wildcard } from '@kcp/logical-cluster';
import type { Bucket, ObjectKey, ObjectWriter, StoredObject } from '@kcp/object-store';
import { shardCluster } from '@kcp/object-store';
import type { Counter, Logger, Meter } from '@kcp/telemetry';
import { startRounds } from '../controllers/rounds.ts';
import { eventBucket } from './core-event.ts';
import type { WriteTime } from './write-times.ts';
import { decodeTimes, encodeTimes, noteWrites, writtenBy } from './write-times.ts';

/** How long events are kept where nobody says otherwise (kube-apiserver --event-ttl). */
export const EVENT_TTL_MS = 3_600_000;

/** An event is kept longer than it should be by two such parts of its time at the most, one second each at the least. */
const PARTS = 60;
const SHORTEST_STEP_MS = 1_000;
/** So many events are looked at, and deleted, before the event loop turns. */
const PAGE = 100;
/** So many are deleted in one commit; the commits of a page reach the disk together. */
const BATCH = 25;
const NAME = 'event-expiry';

/** The row that says which revision was reached when. */
const timesBucket: Bucket = { group: 'internal.kcp.io', resource: 'write-times' };
const timesKey: ObjectKey = { cluster: shardCluster, namespace: '', name: 'events' };
const FINGERPRINT = 'internal.kcp.io/v1/WriteTimes';

/** What the expiry of events is made of. */
export interface EventExpiryDeps {
  readonly store: ObjectWriter;
  /** How long an event is kept after its last write, in milliseconds. */
  readonly ttlMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
}

/**
 * Events vanish a while after their last write. Nothing is kept of single events: a row notes once in a while which revision is
 * reached, and what is not newer than the revision of a note that is old enough has expired. As with the leases by which etcd
 * lets events go, nobody is asked about it: no admission, no finalizers; watchers are told of each as of any deletion.
 */
export class EventExpiry {
  readonly #options: EventExpiryDeps;
  readonly #expired: Counter;
  /** No event that is left is older than this revision: until it is due there is nothing to look for. */
  #oldest = 0;

  constructor(options: EventExpiryDeps) {
    this.#options = options;
    this.#expired = options.meter.counter({ name: 'events_expired_total', help: 'Events whose time was over.' });
  }

  /** Notes the time, and deletes what has expired by now. Gives how many events that were. */
  async round(signal: AbortSignal): Promise<number> {
    const { store, clock, ttlMs } = this.#options;
    await store.synced();
    const now = clock.now();
    const bound = writtenBy(await this.#note(now), now - ttlMs);
    return bound === 0 || bound < this.#oldest ? 0 : this.#expire(bound, signal);
  }

  async #note(now: number): Promise<readonly WriteTime[]> {
    const { store, ttlMs } = this.#options;
    const row = store.get(timesBucket, timesKey);
    const times = row === undefined ? [] : decodeTimes(row.decode());
    const revision = store.generation({ bucket: eventBucket, cluster: wildcard });
    const noted = noteWrites(times, { now, revision, before: now - ttlMs });
    if (noted.length === times.length && noted.every((time, index) => time === times[index])) return noted;
    const object: KubeObject = {
      apiVersion: 'internal.kcp.io/v1',
      kind: 'WriteTimes',
      metadata: { name: timesKey.name },
      times: encodeTimes(noted),
    };
    const write = { bucket: timesBucket, key: timesKey, object, fingerprint: FINGERPRINT };
    const outcome = await store.commit([
      row === undefined ? { kind: 'create', ...write } : { kind: 'update', ...write, expected: row.revision },
    ]);
    if (outcome.kind === 'refused') throw new Error('the times of events are noted by somebody else too');
    return noted;
  }

  async #expire(bound: number, signal: AbortSignal): Promise<number> {
    const { store } = this.#options;
    let oldest = store.head() + 1;
    let count = 0;
    let after: string | undefined;
    do {
      signal.throwIfAborted();
      const page = store.page({
        bucket: eventBucket,
        cluster: wildcard,
        limit: PAGE,
        ...(after !== undefined && { after }),
      });
      const expired: StoredObject[] = [];
      for (const stored of page.objects) {
        if (stored.revision <= bound) expired.push(stored);
        else oldest = Math.min(oldest, stored.revision);
      }
      count += await this.#deleteAll(expired);
      after = page.next;
      await turn();
    } while (after !== undefined);
    this.#oldest = oldest;
    return count;
  }

  async #deleteAll(expired: readonly StoredObject[]): Promise<number> {
    const batches: Promise<number>[] = [];
    for (let start = 0; start < expired.length; start += BATCH) {
      batches.push(deleteBatch(this.#options.store, expired.slice(start, start + BATCH)));
    }
    let count = 0;
    for (const deleted of await Promise.all(batches)) count += deleted;
    if (count > 0) this.#expired.add(count);
    return count;
  }
}

/** Deletes events as they were read; one that was written or deleted since is left out, for it has its time before it. */
async function deleteBatch(store: ObjectWriter, batch: readonly StoredObject[]): Promise<number> {
  let left = batch;
  while (left.length > 0) {
    const outcome = await store.commit(
      left.map((stored) => ({
        kind: 'delete',
        bucket: stored.bucket,
        key: stored.key,
        expected: stored.revision,
        previous: stored,
      })),
    );
    if (outcome.kind === 'committed') return left.length;
    const { cluster, namespace, name } = outcome.key;
    const rest = left.filter(({ key }) => key.name !== name || key.namespace !== namespace || key.cluster !== cluster);
    if (rest.length === left.length) throw new Error('a deletion of events was refused for something else');
    left = rest;
  }
  return 0;
}

/** Starts it: one for all logical clusters. It goes on after a restart where it was. */
export function startEventExpiry(deps: EventExpiryDeps): Controller {
  const expiry = new EventExpiry(deps);
  return startRounds({
    ...deps,
    name: NAME,
    everyMs: Math.max(SHORTEST_STEP_MS, deps.ttlMs / PARTS),
    round: async (signal) => void (await expiry.round(signal)),
  });
}
