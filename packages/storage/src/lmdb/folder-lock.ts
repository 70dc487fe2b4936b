import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pid } from 'node:process';
import { DatabaseSync } from 'node:sqlite';
import { StoreUnusableError } from '../backend.ts';

/**
 * Keeps a folder for this process. Node offers no file locks; SQLite's exclusive lock on an empty file is one of the kernel's, so it goes away with the process however
 * that ends, and it holds between containers. Throws StoreUnusableError where somebody else has it.
 */
export const lockFolder = (folder: string): Disposable => {
  const owner = join(folder, 'owner');
  const file = join(folder, 'lock');
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new StoreUnusableError(
      `${folder} is in use by process ${ownerOf(owner)}; stop it, or choose another folder`,
      {
        cause,
      },
    );
  }
  chmodSync(file, 0o600);
  noteOwner(owner);
  return { [Symbol.dispose]: () => database.close() };
};

const ownerOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '(unknown)';
  }
};

/** Only for the message above: a full disk is no reason to stay away. */
const noteOwner = (file: string): void => {
  try {
    writeFileSync(file, String(pid), { mode: 0o600 });
  } catch {
    /* said above */
  }
};
