import { mkdirSync, readdirSync, statSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RootDatabase } from 'lmdb';
import { StorageFullError, StoreUnusableError } from '../backend.ts';
import { checkDataFile } from './data-file.ts';
import { isFull } from './failure.ts';
import { lockFolder } from './folder-lock.ts';
import type { Tables } from './tables.ts';
import { FORMAT, META, UNFINISHED, openEnvironment, openMeta, openTables } from './tables.ts';

/** Which folder, and what is given back when the store is closed. */
export interface OpenTablesOptions {
  readonly folder: string;
  readonly resources: AsyncDisposableStack;
  readonly sync: boolean;
  /** For a new store: how many revisions share a block of its index. */
  readonly block?: number;
}

/** LMDB's file in a store's folder. */
export const DATA_FILE = 'data.mdb';

/** What a new store needs before its own care for room begins, in bytes. */
const FIRST_BYTES = 1024 * 1024;

/** More than LMDB's table of readers takes. */
const LOCK_BYTES = 16 * 1024;

/** Opens the tables of a folder, new or not, for this process alone. Throws StoreUnusableError, and leaves a store that it refuses as it was. */
export const openTablesIn = ({ folder, resources, sync, block }: OpenTablesOptions): Tables => {
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
      if (!old) void meta.put(META.format, FORMAT);
      if (!old && block !== undefined) void meta.put(META.block, block);
      return openTables(env, meta);
    });
  } catch (cause) {
    throw cause instanceof StoreUnusableError ? cause : new StoreUnusableError(reason(cause, folder), { cause });
  }
};

const assertRoom = (folder: string): void => {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < FIRST_BYTES) throw new StorageFullError(`less than ${FIRST_BYTES} bytes are left`);
};

/** LMDB maps this file and leaves it sparse: on a full disk, touching it would kill the process. */
const takeLockFile = (file: string): void => {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) writeFileSync(file, Buffer.alloc(LOCK_BYTES), { mode: 0o600 });
};

/** Opens new tables in a folder that must be empty. */
export const createTables = (folder: string, resources: AsyncDisposableStack): Tables => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (readdirSync(folder).length > 0) throw new StoreUnusableError(`${folder} is not empty; choose another folder`);
  return openTablesIn({ folder, resources, sync: true });
};

/** A store whose first transaction was cut short has no format yet, and no rows. */
const assertFormat = (env: RootDatabase, folder: string): void => {
  const names = [...env.getKeys({ start: '' })];
  if (names.length === 0) return;
  const format = names.includes('meta') ? openMeta(env).get(META.format) : NaN;
  if (format === undefined || format === FORMAT) return;
  if (format === UNFINISHED) throw new StoreUnusableError(`${folder} holds an unfinished copy; delete it`);
  if (Number.isNaN(format))
    throw new StoreUnusableError(`the data file in ${folder} is no store of ours; choose another folder`);
  throw new StoreUnusableError(
    `the store in ${folder} is of format ${format}, this program writes ${FORMAT}; run the version that wrote it`,
  );
};

const reason = (cause: unknown, folder: string): string => {
  if (isFull(cause)) return `the disk of ${folder} is full; free some space, then start again`;
  return `the store in ${folder} cannot be opened: ${String(cause)}`;
};
