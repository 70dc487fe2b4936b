import { mkdirSync, readdirSync, statSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database, RootDatabase } from 'lmdb';
import type { Revision } from '../backend.ts';
import { StorageFullError, StoreUnusableError } from '../backend.ts';
import { checkDataFile } from './data-file.ts';
import { isFull } from './failure.ts';
import { lockFolder } from './folder-lock.ts';
import type { TextKey } from './keys.ts';
import type { Tables } from './tables.ts';
import { MAX_DICTIONARY } from './packing.ts';
import {
  DICTIONARY,
  FORMAT,
  META,
  UNFINISHED,
  UNPACKED_FORMAT,
  openDictionary,
  openEnvironment,
  openMeta,
  openTables,
} from './tables.ts';

/** Which folder, and what is given back when the store is closed. */
export interface OpenTablesOptions {
  readonly folder: string;
  readonly resources: AsyncDisposableStack;
  readonly sync: boolean;
  /** For a new store: how many revisions share a block of its index. */
  readonly block?: number;
  /** What many rows are expected to hold; see LmdbStoreOptions. */
  readonly samples?: Uint8Array;
}

/** LMDB's file in a store's folder. */
export const DATA_FILE = 'data.mdb';

/** What a new store needs before its own care for room begins, in bytes. */
const FIRST_BYTES = 1024 * 1024;

/** More than LMDB's table of readers takes. */
const LOCK_BYTES = 16 * 1024;

/** Opens the tables of a folder, new or not, for this process alone. Throws StoreUnusableError, and leaves a store that it refuses as it was. */
export const openTablesIn = ({ folder, resources, sync, block, samples }: OpenTablesOptions): Tables => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    resources.use(lockFolder(folder));
    const file = join(folder, DATA_FILE);
    const old = checkDataFile(file);
    if (!old) assertRoom(folder);
    takeLockFile(`${file}-lock`);
    const env = openEnvironment({ file, sync });
    resources.defer(() => env.close());
    if (old) assertFormat(env, folder);
    return env.transactionSync(() => {
      const meta = openMeta(env);
      if (!old && block !== undefined) void meta.put(META.block, block);
      if (!old || mayPack(meta, folder)) beginPacking(env, meta, samples);
      return openTables(env, meta);
    });
  } catch (cause) {
    throw cause instanceof StoreUnusableError ? cause : new StoreUnusableError(reason(cause, folder), { cause });
  }
};

const hasRoom = (folder: string): boolean => {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= FIRST_BYTES;
};

const assertRoom = (folder: string): void => {
  if (!hasRoom(folder)) throw new StorageFullError(`less than ${FIRST_BYTES} bytes are left`);
};

/** A store of the version before is taken over at the first start that finds room on the disk; until then it stays what it is. */
const mayPack = (meta: Database<Revision, TextKey>, folder: string): boolean =>
  meta.get(META.format) === UNPACKED_FORMAT && hasRoom(folder);

/** Rows are packed with these samples from now on, for as long as the store lives: rows that are packed already are read with them. */
const beginPacking = (env: RootDatabase, meta: Database<Revision, TextKey>, samples: Uint8Array = NO_SAMPLES): void => {
  const length = Math.min(samples.length, MAX_DICTIONARY);
  // lmdb-js takes words of eight bytes; what comes last is the nearest, and kept
  void openDictionary(env).put(DICTIONARY, samples.subarray(samples.length - length, samples.length - (length % 8)));
  void meta.put(META.format, FORMAT);
};

const NO_SAMPLES = new Uint8Array(8);

/** LMDB maps this file and leaves it sparse: on a full disk, touching it would kill the process. */
const takeLockFile = (file: string): void => {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) writeFileSync(file, Buffer.alloc(LOCK_BYTES), { mode: 0o600 });
};

/** Opens new tables in a folder that must be empty. */
export const createTables = (folder: string, resources: AsyncDisposableStack, samples?: Uint8Array): Tables => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (readdirSync(folder).length > 0) throw new StoreUnusableError(`${folder} is not empty; choose another folder`);
  return openTablesIn({ folder, resources, sync: true, ...(samples && { samples }) });
};

/** A store whose first transaction was cut short has no format yet, and no rows. */
const assertFormat = (env: RootDatabase, folder: string): void => {
  const names = [...env.getKeys({ start: '' })];
  if (names.length === 0) return;
  const format = names.includes('meta') ? openMeta(env).get(META.format) : NaN;
  if (format === undefined || format === FORMAT || format === UNPACKED_FORMAT) return;
  if (format === UNFINISHED) throw new StoreUnusableError(`${folder} holds an unfinished copy; delete it`);
  if (Number.isNaN(format))
    throw new StoreUnusableError(`the data file in ${folder} is no store of ours; choose another folder`);
  throw new StoreUnusableError(
    `the store in ${folder} is of format ${format}, this program writes ${FORMAT} and reads ${UNPACKED_FORMAT}; run the version that wrote it`,
  );
};

const reason = (cause: unknown, folder: string): string => {
  if (isFull(cause)) return `the disk of ${folder} is full; free some space, then start again`;
  return `the store in ${folder} cannot be opened: ${String(cause)}`;
};
