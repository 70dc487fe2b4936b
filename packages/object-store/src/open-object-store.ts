import type { Clock } from '@kcp/controller';
import type { Backend, Revision } from '@kcp/storage';
import type { Logger, Meter } from '@kcp/telemetry';
import { Changes } from './change.ts';
import { commitObjects } from './commit.ts';
import type { Bucket, ObjectKey } from './keys.ts';
import { storageKey } from './keys.ts';
import { readDependants } from './dependants.ts';
import { countObjects, readEverything, readPage } from './list.ts';
import type {
  DependantPage,
  DependantsOptions,
  EverythingOptions,
  ObjectPage,
  ObjectWrite,
  ObjectWriter,
  PageOptions,
  Selection,
  StoredObject,
  Watch,
  WatchListener,
  WatchOptions,
  WriteCondition,
  WriteOutcome,
} from './object-store.ts';
import { scopePrefix } from './selection.ts';
import { readError } from './storage-error.ts';
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
}

/** Opens the typed store over a backend. Disposing of it ends its watches; it does not close the backend. */
export function openObjectStore(options: ObjectStoreOptions): ObjectWriter & Disposable {
  return new ObjectStore(options);
}

class ObjectStore implements ObjectWriter, Disposable {
  readonly #backend: Backend;
  readonly #readRow: ReadRow;
  readonly #hub: WatchHub;

  constructor({ backend, logger, meter, clock, freezesObjects = false }: ObjectStoreOptions) {
    this.#backend = backend;
    this.#readRow = (bucket, row) => new StoredRow(bucket, row, freezesObjects);
    this.#hub = new WatchHub({
      backend,
      clock,
      meter,
      changes: new Changes(this.#readRow),
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
      const row = this.#backend.get(storageKey(bucket, key), at);
      return row && this.#readRow(bucket, row);
    } catch (error) {
      throw readError(error, at);
    }
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

  everything(options: EverythingOptions): ObjectPage {
    return readEverything(this.#backend, options, this.#readRow);
  }

  commit(writes: readonly ObjectWrite[], conditions: readonly WriteCondition[] = []): Promise<WriteOutcome> {
    return commitObjects({ backend: this.#backend, writes, conditions, readRow: this.#readRow });
  }

  [Symbol.dispose](): void {
    this.#hub[Symbol.dispose]();
  }
}
