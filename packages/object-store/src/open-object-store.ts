import type { Clock } from '@kcp/controller';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Backend, Revision } from '@kcp/storage';
import type { Logger, Meter } from '@kcp/telemetry';
import { buildIndexes } from './build-indexes.ts';
import { Changes } from './change.ts';
import { commitObjects } from './commit.ts';
import type { Bucket, ObjectKey } from './keys.ts';
import { storageKey } from './keys.ts';
import { KnownBuckets } from './known-buckets.ts';
import { readDependants } from './dependants.ts';
import { readLookup } from './lookup-index.ts';
import { countObjects, readEverything, readPage } from './list.ts';
import type {
  DependantPage,
  DependantsOptions,
  EverythingOptions,
  LookupOptions,
  LookupPage,
  ObjectIndex,
  ObjectPage,
  ObjectWrite,
  ObjectWriter,
  PageOptions,
  Selection,
  Sequel,
  StoredObject,
  Watch,
  WatchListener,
  WatchOptions,
  WriteCondition,
  WriteOutcome,
} from './object-store.ts';
import { scopePrefix } from './selection.ts';
import { readError } from './storage-error.ts';
import { RecentRows } from './recent-rows.ts';
import type { ReadRow } from './stored-row.ts';
import { StoredRow } from './stored-row.ts';
import { WatchHub } from './watch-hub.ts';

/** What a store is made of. The backend stays its owner's. */
export interface ObjectStoreOptions {
  readonly backend: Backend;
  readonly logger: Logger;
  readonly meter: Meter;
  readonly clock: Clock;
  /** Freezes what `decode()` gives, so that a test finds out who changes it. */
  readonly freezesObjects?: boolean;
  /** By what else objects are found; absent: by nothing. */
  readonly indexes?: readonly ObjectIndex[];
}

/** A store, and what keeps its indexes whole. */
export interface OpenObjectStore extends ObjectWriter, Disposable {
  /** Brings what was stored before an index was there into it; until then the index is not asked. */
  buildIndexes(signal: AbortSignal): Promise<void>;
}

/** Opens the typed store over a backend. Disposing of it ends its watches; it does not close the backend. */
export function openObjectStore(options: ObjectStoreOptions): OpenObjectStore {
  return new ObjectStore(options);
}

class ObjectStore implements OpenObjectStore {
  readonly #backend: Backend;
  readonly #readRow: ReadRow;
  readonly #changes: Changes;
  readonly #hub: WatchHub;
  readonly #buckets: KnownBuckets;
  readonly #indexes: readonly ObjectIndex[];
  readonly #recent = new RecentRows();

  constructor({ backend, logger, meter, clock, freezesObjects = false, indexes = [] }: ObjectStoreOptions) {
    this.#backend = backend;
    this.#buckets = new KnownBuckets(backend);
    this.#indexes = indexes;
    this.#readRow = (bucket, row) => new StoredRow(bucket, row, freezesObjects);
    this.#changes = new Changes(this.#readRow);
    this.#hub = new WatchHub({
      backend,
      clock,
      meter,
      changes: this.#changes,
      logger: logger.child({ package: 'object-store' }),
    });
  }

  synced(): Promise<void> | undefined {
    return this.#backend.synced()?.catch((error: unknown) => {
      throw readError(error, undefined);
    });
  }

  head(): Revision {
    return this.#backend.head();
  }

  get(bucket: Bucket, key: ObjectKey, at?: Revision): StoredObject | undefined {
    try {
      const text = storageKey(bucket, key);
      if (at === undefined) return this.#getRecent(text, bucket, key);
      const row = this.#backend.get(text, at);
      return row && this.#readRow(bucket, row);
    } catch (error) {
      throw readError(error, at);
    }
  }

  #getRecent(text: string, bucket: Bucket, key: ObjectKey): StoredObject | undefined {
    return this.#recent.of(text, {
      read: () => this.#backend.get(text),
      make: (row) => this.#changes.read(bucket, row),
      generation: () => this.#backend.newest(scopePrefix({ bucket, cluster: key.cluster })),
    });
  }

  page(options: PageOptions): ObjectPage {
    return readPage(this.#backend, options, this.#readRow);
  }

  count(options: PageOptions): number {
    return countObjects(this.#backend, options);
  }

  generation(selection: Pick<Selection, 'bucket' | 'cluster'>): Revision {
    return this.#backend.newest(scopePrefix(selection));
  }

  watch(options: WatchOptions, listener: WatchListener): Watch {
    return this.#hub.watch(options, listener);
  }

  watchEverything({ after }: { readonly after: Revision }, listener: WatchListener): Watch {
    return this.#hub.watch({ after }, listener);
  }

  dependants(options: DependantsOptions): DependantPage {
    return readDependants(this.#backend, options);
  }

  buckets(cluster: LogicalCluster): Promise<readonly Bucket[]> {
    return this.#buckets.in(cluster);
  }

  lookup(options: LookupOptions): LookupPage | undefined {
    try {
      return readLookup(this.#backend, options);
    } catch (error) {
      throw readError(error, options.at);
    }
  }

  buildIndexes(signal: AbortSignal): Promise<void> {
    return buildIndexes({ backend: this.#backend, readRow: this.#readRow, indexes: this.#indexes }, signal);
  }

  everything(options: EverythingOptions): ObjectPage {
    return readEverything(this.#backend, options, this.#readRow);
  }

  commit(
    writes: readonly ObjectWrite[],
    conditions: readonly WriteCondition[] = [],
    sequels: readonly Sequel[] = [],
  ): Promise<WriteOutcome> {
    return commitObjects({
      backend: this.#backend,
      writes,
      conditions,
      sequels,
      readRow: this.#readRow,
      indexes: this.#indexes,
    });
  }

  [Symbol.dispose](): void {
    this.#hub[Symbol.dispose]();
    this.#buckets[Symbol.dispose]();
  }
}
