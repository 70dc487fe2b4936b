import { open, unlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { KubeconfigError } from './kubeconfig-error.ts';
import { codeOf } from '../thrown.ts';

/** How long others may hold the lock, and how often it is looked at; milliseconds. */
const PATIENCE_MS = 10_000;
const LOOK_MS = 50;

/** A lock that is held until it is released. */
export interface FileLock {
  release(): Promise<void>;
}

/**
 * Takes the lock that kubectl takes before it writes a kubeconfig: the file `<path>.lock`, made by whoever comes first. Rejects with
 * KubeconfigError, which names it, where somebody else holds it for more than `patienceMs`: a program that died leaves it behind.
 */
export async function lockFile(path: string, patienceMs = PATIENCE_MS): Promise<FileLock> {
  const lock = `${path}.lock`;
  const until = Date.now() + patienceMs;
  while (!(await tryLock(lock))) {
    if (Date.now() >= until)
      throw new KubeconfigError(`is locked: remove ${lock} if no other program is writing`, { file: path });
    await delay(LOOK_MS);
  }
  return { release: () => unlink(lock) };
}

async function tryLock(lock: string): Promise<boolean> {
  try {
    const handle = await open(lock, 'wx', 0o600);
    await handle.close();
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw new KubeconfigError('cannot be locked', { file: lock }, error);
  }
}
