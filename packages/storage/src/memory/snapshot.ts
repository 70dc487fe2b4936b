import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Revision, Row } from '../backend.ts';
import { StoreUnusableError } from '../backend.ts';

/** The rows of a store at one revision. */
export interface Snapshot {
  readonly head: Revision;
  readonly rows: readonly Row[];
}

const FILE = 'memory.snapshot';

/** Writes the one file of a snapshot. Throws where the folder holds one already. */
export const writeSnapshot = async (folder: string, snapshot: Snapshot): Promise<void> => {
  await writeFile(join(folder, FILE), serialize(snapshot), { mode: 0o600, flag: 'wx' });
};

/** Throws StoreUnusableError where the folder holds no snapshot of a store in memory. */
export const readSnapshot = async (folder: string): Promise<Snapshot> => {
  try {
    return decode(deserialize(await readFile(join(folder, FILE))));
  } catch (cause) {
    throw new StoreUnusableError(`${join(folder, FILE)} is no snapshot of a store in memory`, { cause });
  }
};

const decode = (content: unknown): Snapshot => {
  const { head, rows } = content as Snapshot;
  if (!Number.isSafeInteger(head) || !Array.isArray(rows)) throw new TypeError('neither head nor rows');
  return { head, rows };
};
