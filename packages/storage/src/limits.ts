import type { Write } from './backend.ts';
import { TooLargeError } from './backend.ts';
import { MAX_KEY_BYTES, scopesOf } from './key.ts';

/** The most keys that one commit may write. */
export const MAX_COMMIT_KEYS = 100;

/** The most bytes, keys and values together, that one commit may write. */
export const MAX_COMMIT_BYTES = 1024 * 1024;

/** Throws TooLargeError for a commit beyond the bounds, TypeError for a bad key or one that occurs twice. */
export const checkWrites = (writes: readonly Write[]): void => {
  if (writes.length > MAX_COMMIT_KEYS) {
    throw new TooLargeError(`a commit of ${writes.length} keys; at most ${MAX_COMMIT_KEYS} are allowed`);
  }
  let bytes = 0;
  for (const write of writes) bytes += checkKey(write.key) + (write.kind === 'put' ? write.value.byteLength : 0);
  if (bytes > MAX_COMMIT_BYTES) {
    throw new TooLargeError(`a commit of ${bytes} bytes; at most ${MAX_COMMIT_BYTES} are allowed`);
  }
  if (writes.length > 1 && new Set(writes.map((write) => write.key)).size < writes.length) {
    throw new TypeError('a key occurs twice in one commit');
  }
};

const checkKey = (key: string): number => {
  scopesOf(key);
  const bytes = Buffer.byteLength(key);
  if (bytes > MAX_KEY_BYTES) throw new TooLargeError(`a key of ${bytes} bytes; at most ${MAX_KEY_BYTES} are allowed`);
  return bytes;
};
