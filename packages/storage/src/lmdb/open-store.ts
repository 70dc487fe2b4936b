import type { Logger } from '@kcp/telemetry';
import type { Backend } from '../backend.ts';
import { Headroom } from './headroom.ts';
import { LmdbStore } from './lmdb-store.ts';
import { openTablesIn } from './open-tables.ts';

/** Where to keep a store. */
export interface LmdbStoreOptions {
  /** Belongs to the store alone; made where it is absent. */
  readonly folder: string;
  readonly logger: Logger;
  /** What is set aside inside the data file, so that a full disk can be compacted, in bytes; 8 MiB where absent. */
  readonly reserveBytes?: number;
  /**
   * What many rows are expected to hold, for a store that has none yet: rows are packed with it, and it is kept in the store. At most 32 KiB
   * of it, the last; absent: rows are packed by what is in each of them.
   */
  readonly samples?: Uint8Array;
  /** False gives up durability; only to show that a test notices. True where absent. */
  readonly sync?: boolean;
}

const RESERVE_BYTES = 8 * 1024 * 1024;

/**
 * Opens the store on disk, in LMDB. Takes no longer for a large one. Throws StoreUnusableError where the folder is in use, damaged, of another
 * version, or has no room; such a store is left as it was.
 */
export const openLmdbStore = async (options: LmdbStoreOptions): Promise<Backend> => {
  await using resources = new AsyncDisposableStack();
  const { folder, sync = true, samples } = options;
  const logger = options.logger.child({ store: folder });
  const tables = openTablesIn({ folder, resources, sync, ...(samples && { samples }) });
  const headroom = new Headroom({ folder, tables, reserve: options.reserveBytes ?? RESERVE_BYTES, logger });
  try {
    await headroom.setAside();
  } catch (error) {
    logger.warn('no reserve: the disk is full', { error });
  }
  return new LmdbStore({ tables, headroom, logger, resources: resources.move() });
};
