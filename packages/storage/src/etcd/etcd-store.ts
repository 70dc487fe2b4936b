import type { Logger } from '@kcp/telemetry';
import type {
  Backend,
  ChangeListener,
  ChangePage,
  ChangesOptions,
  CommitResult,
  Condition,
  GapListener,
  Page,
  RangeOptions,
  Revision,
  Row,
  Write,
} from '../backend.ts';
import type { LmdbStore } from '../lmdb/lmdb-store.ts';
import { writeSnapshot } from '../lmdb/snapshot.ts';
import { Committer } from './committer.ts';
import type { Copy } from './copy.ts';
import type { Leadership } from '../leadership.ts';
import { Elections } from './election.ts';
import { Feed } from './feed.ts';
import { HeadReads } from './head-reads.ts';
import type { Layout } from './layout.ts';
import { modRevisionOf } from './layout.ts';
import type { EtcdTimeouts, EtcdTuning } from './options.ts';
import type { Connection } from './rpc/connection.ts';
import { failureOf } from './rpc/failure.ts';
import { Session } from './session.ts';

/** The parts of a store that was opened. */
export interface EtcdStoreParts {
  readonly connection: Connection;
  readonly layout: Layout;
  readonly copy: Copy;
  /** The revision of etcd that the copy holds. */
  readonly position: number;
  readonly timeouts: EtcdTimeouts;
  readonly tuning: EtcdTuning;
  readonly logger: Logger;
  /** Makes a copy anew, at the newest history that etcd has. */
  readonly reload: () => Promise<{ readonly copy: Copy; readonly position: number }>;
  /** Given back when the store is closed, last first. */
  readonly resources: AsyncDisposableStack;
}

/** The role of the server that compacts etcd. */
const COMPACTION = 'compaction';

/** See openEtcdStore. Reads are answered by the local copy, writes go to etcd and come back over the watch stream. */
export class EtcdStore implements Backend {
  readonly leadership: Leadership;
  readonly #parts: EtcdStoreParts;
  readonly #listeners = new Map<ChangeListener, GapListener | undefined>();
  readonly #session: Session;
  readonly #elections: Elections;
  readonly #feed: Feed;
  readonly #committer: Committer;
  readonly #reads: HeadReads;
  readonly #compaction: AsyncDisposable;
  #copy: Copy;
  #following: Disposable;
  #compacts = false;

  constructor(parts: EtcdStoreParts) {
    const { connection, layout, timeouts, tuning, logger } = parts;
    const { requestMs, leaseMs, readMs } = timeouts;
    this.#parts = parts;
    this.#copy = parts.copy;
    this.#following = this.#follow(parts.copy.store);
    const reached = (modRevision: number, withinMs: number): Promise<void> => this.#reached(modRevision, withinMs);
    this.#session = new Session({ connection, layout, leaseMs, requestMs, logger });
    this.#elections = new Elections({ connection, layout, session: this.#session, requestMs, logger });
    this.leadership = this.#elections;
    this.#reads = new HeadReads({ connection, layout, readMs, reached });
    this.#committer = new Committer({
      connection,
      layout,
      session: this.#session,
      timeouts,
      tuning,
      reached,
      copy: () => this.#copy.store,
      synced: () => this.#reads.synced(),
    });
    this.#feed = new Feed({ connection, layout, requestMs, logger, reader: this.#reader() });
    this.#compaction = this.#elections.campaign(COMPACTION, async () => this.#startCompacting());
  }

  head(): Revision {
    return this.#copy.store.head();
  }

  compacted(): Revision {
    return this.#copy.store.compacted();
  }

  problem(): string | undefined {
    const { connection } = this.#parts;
    return connection.stranger?.message ?? connection.problem ?? this.#feed.problem;
  }

  synced(): Promise<void> {
    return this.#reads.synced();
  }

  get(key: string, at?: Revision): Row | undefined {
    return this.#copy.store.get(key, at);
  }

  range(options: RangeOptions): Page {
    return this.#copy.store.range(options);
  }

  count(options: Parameters<Backend['count']>[0]): number {
    return this.#copy.store.count(options);
  }

  newest(prefix: string): Revision {
    return this.#copy.store.newest(prefix);
  }

  /** Without sequels: no transaction of etcd writes a key twice. */
  commit(conditions: readonly Condition[], writes: readonly Write[]): Promise<CommitResult> {
    return this.#committer.commit(conditions, writes);
  }

  changes(options: ChangesOptions): ChangePage {
    return this.#copy.store.changes(options);
  }

  subscribe(listener: ChangeListener, gap?: GapListener): Disposable {
    const own: ChangeListener = (changes) => listener(changes);
    this.#listeners.set(own, gap);
    return { [Symbol.dispose]: () => void this.#listeners.delete(own) };
  }

  async compact(revision: Revision): Promise<void> {
    await this.#copy.store.compact(revision);
    if (!this.#compacts) return;
    try {
      const request = { revision: modRevisionOf(revision) };
      await this.#parts.connection.ask('Compact', request, this.#parts.timeouts.requestMs);
    } catch (error) {
      // Somebody else did it already.
      if (failureOf(error).kind !== 'compacted') throw error;
    }
  }

  snapshot(folder: string): Promise<Revision> {
    return writeSnapshot(this, folder, this.#parts);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#committer.close();
    await this.#compaction[Symbol.asyncDispose]();
    await this.#session[Symbol.asyncDispose]();
    await this.#feed[Symbol.asyncDispose]();
    this.#following[Symbol.dispose]();
    await this.#copy[Symbol.asyncDispose]();
    await this.#parts.resources.disposeAsync();
  }

  #reader(): ConstructorParameters<typeof Feed>[0]['reader'] {
    return {
      replay: (commit) => this.#copy.store.replay(commit),
      applied: (id, modRevision) => this.#committer.applied(id, modRevision),
      vacated: (role) => this.#elections.vacated(role),
      position: () => this.#parts.position,
      compacted: () => this.#reload(),
    };
  }

  #reached(modRevision: number, withinMs: number): Promise<void> {
    return this.#feed.reached(modRevision, withinMs);
  }

  #follow(store: LmdbStore): Disposable {
    return store.subscribe((changes) => {
      for (const listener of this.#listeners.keys()) listener(changes);
    });
  }

  async #reload(): Promise<number> {
    const { copy, position } = await this.#parts.reload();
    const old = this.#copy;
    const told = old.store.head();
    this.#following[Symbol.dispose]();
    this.#copy = copy;
    this.#following = this.#follow(copy.store);
    for (const gap of this.#listeners.values()) gap?.(told);
    await old.discard();
    return position;
  }

  #startCompacting(): AsyncDisposable {
    this.#compacts = true;
    return {
      [Symbol.asyncDispose]: async () => {
        this.#compacts = false;
      },
    };
  }
}
