import { StorageFullError, StoreUnusableError } from '../backend.ts';

/** ENOSPC, EFBIG, EDQUOT and MDB_MAP_FULL. */
const FULL = new Set<unknown>(['ENOSPC', 'EFBIG', 'EDQUOT', 28, 27, 122, -30792]);

const property = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;

/** Whether an error of lmdb or of the file system says that there is no room. */
export const isFull = (error: unknown): boolean =>
  error instanceof StorageFullError || FULL.has(property(error, 'code'));

/** Whether an error of the file system says that there is no such file. */
export const isAbsent = (error: unknown): boolean => property(error, 'code') === 'ENOENT';

/** lmdb tells the cause of a failed transaction by a promise on the error that it rejects with. */
const causeOf = async (error: unknown): Promise<unknown> => {
  try {
    await property(error, 'commitError');
    return error;
  } catch (cause) {
    return cause;
  }
};

/** What a failed write means to the caller. */
export const writeFailure = async (error: unknown): Promise<StorageFullError | StoreUnusableError> => {
  const cause = await causeOf(error);
  if (cause instanceof StorageFullError || cause instanceof StoreUnusableError) return cause;
  if (isFull(cause))
    return new StorageFullError('the disk is full: nothing can be written until there is space', { cause });
  return new StoreUnusableError('writing failed; check the disk, then restart', { cause });
};
