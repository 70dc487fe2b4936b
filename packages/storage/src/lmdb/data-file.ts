import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StoreUnusableError } from '../backend.ts';
import { isAbsent } from './failure.ts';

/** LMDB's meta page, as far as we look at it: offsets in bytes. The page header comes before the magic number. */
const MAGIC = 0xbeefc0de;
const AT = { magic: 24, version: 28, pageSize: 48, lastPage: 144, transaction: 152 } as const;
const META_BYTES = 160;
const VERSION = 2;

interface Meta {
  readonly version: number;
  readonly pageSize: number;
  readonly lastPage: number;
  readonly transaction: bigint;
}

/**
 * Looks at a data file before LMDB maps it, because a process that reads a map beyond the end of its file is killed. Returns false where there is no file or
 * an empty one. Throws StoreUnusableError where the file is none of ours or is cut off. Changes nothing.
 */
export const checkDataFile = (file: string): boolean => {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    if (isAbsent(error)) return false;
    throw error;
  }
  try {
    return checkDescriptor(file, descriptor);
  } finally {
    closeSync(descriptor);
  }
};

const checkDescriptor = (file: string, descriptor: number): boolean => {
  const { size } = fstatSync(descriptor);
  if (size === 0) return false;
  const first = readMeta(descriptor, 0);
  if (first === undefined) throw new StoreUnusableError(`${file} is damaged, or no store; restore it from a backup`);
  if (first.version !== VERSION) {
    throw new StoreUnusableError(
      `${file} is of LMDB's format ${first.version}, not ${VERSION}; run the version that wrote it`,
    );
  }
  const second = readMeta(descriptor, first.pageSize);
  const newest = second !== undefined && second.transaction > first.transaction ? second : first;
  if ((newest.lastPage + 1) * newest.pageSize > size) {
    throw new StoreUnusableError(`${file} is cut off after ${size} bytes; restore it from a backup`);
  }
  return true;
};

const readMeta = (descriptor: number, position: number): Meta | undefined => {
  const bytes = Buffer.alloc(META_BYTES);
  if (readSync(descriptor, bytes, 0, META_BYTES, position) < META_BYTES) return undefined;
  if (bytes.readUInt32LE(AT.magic) !== MAGIC) return undefined;
  return {
    version: bytes.readUInt32LE(AT.version),
    pageSize: bytes.readUInt32LE(AT.pageSize),
    lastPage: Number(bytes.readBigUInt64LE(AT.lastPage)),
    transaction: bytes.readBigUInt64LE(AT.transaction),
  };
};
