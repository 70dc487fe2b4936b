import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '@kcp/telemetry';
import { Headroom } from '../lmdb/headroom.ts';
import { LmdbStore } from '../lmdb/lmdb-store.ts';
import { DATA_FILE, openTablesIn } from '../lmdb/open-tables.ts';
import type { Tables } from '../lmdb/tables.ts';
import { DENSE_BLOCK } from '../lmdb/tables.ts';
import type { CopyFacts } from './copy-file.ts';
import { FLUSHED, currentRun, flushFile, readCopyFacts, writeCopyFacts } from './copy-file.ts';
import { SPREAD } from './layout.ts';

/** The local copy of a store in etcd: an LMDB store that is told what to write. */
export interface Copy extends AsyncDisposable {
  readonly store: LmdbStore;
  /** Gives it back without the wish to use it again. */
  discard(): Promise<void>;
}

/** Where copies lie, and of what. */
export interface CopyOptions {
  /** Locked by the caller. */
  readonly folder: string;
  readonly logger: Logger;
  readonly of: Pick<CopyFacts, 'cluster' | 'store'>;
  /** What a new one's rows are packed with. */
  readonly samples?: Uint8Array;
}

/** Puts what a new copy begins with into its tables: rows, head, floor. */
export type FillTables = (tables: Tables, headroom: Headroom) => Promise<void>;

/**
 * Opens the copy of an earlier run; undefined where there is none of this store, or it cannot be trusted: it is written without flushes, so a copy is good after a crash of the process, and not after one of
 * the machine.
 */
export const openCopy = (options: CopyOptions): Copy | undefined => {
  const { folder, of, logger } = options;
  const facts = readCopyFacts(folder);
  removeOthers(folder, facts?.name);
  if (facts === undefined) return undefined;
  const isOf = facts.cluster === of.cluster && facts.store === of.store;
  if (!isOf || (facts.run !== FLUSHED && facts.run !== currentRun())) {
    logger.info('the local copy of an earlier run is not used', { reason: isOf ? 'not flushed' : 'of another store' });
    removeOthers(folder, undefined);
    return undefined;
  }
  try {
    const parts = openParts(options, facts.name);
    writeCopyFacts(folder, { ...facts, run: currentRun() ?? 'unknown' });
    return copyOf(options, { ...facts, ...parts });
  } catch (error) {
    logger.warn('the local copy of an earlier run cannot be opened', { error });
    removeOthers(folder, undefined);
    return undefined;
  }
};

/** Makes a new copy beside the one that is there, which goes when this one is complete. */
export const makeCopy = async (options: CopyOptions, fill: FillTables): Promise<Copy> => {
  const { folder, of } = options;
  const name = `copy-${randomUUID()}`;
  const { tables, headroom, resources } = openParts(options, name);
  try {
    await fill(tables, headroom);
    const facts = { ...of, name, run: currentRun() ?? 'unknown' };
    writeCopyFacts(folder, facts);
    return copyOf(options, { ...facts, tables, headroom, resources });
  } catch (error) {
    await resources.disposeAsync();
    rmSync(join(folder, name), { recursive: true, force: true });
    throw error;
  }
};

interface Parts {
  readonly tables: Tables;
  readonly headroom: Headroom;
  readonly resources: AsyncDisposableStack;
}

const openParts = ({ folder: parent, logger, samples }: CopyOptions, name: string): Parts => {
  const folder = join(parent, name);
  const resources = new AsyncDisposableStack();
  const block = DENSE_BLOCK * SPREAD;
  const tables = openTablesIn({ folder, resources, sync: false, block, ...(samples && { samples }) });
  return { tables, headroom: new Headroom({ folder, tables, reserve: 0, logger }), resources };
};

const copyOf = ({ folder, logger }: CopyOptions, made: CopyFacts & Parts): Copy => {
  const { name, cluster, store: id, tables, headroom, resources } = made;
  const store = new LmdbStore({ tables, headroom, logger, resources });
  return {
    store,
    discard: async () => {
      await store[Symbol.asyncDispose]();
      rmSync(join(folder, name), { recursive: true, force: true });
    },
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]();
      flushFile(join(folder, name, DATA_FILE));
      writeCopyFacts(folder, { name, cluster, store: id, run: FLUSHED });
    },
  };
};

const removeOthers = (folder: string, kept: string | undefined): void => {
  for (const name of readdirSync(folder)) {
    if (name.startsWith('copy-') && name !== kept) rmSync(join(folder, name), { recursive: true, force: true });
  }
};
