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
  for (const write of writes) {
    checkKey(write.key);
    bytes += sizeOf(write);
  }
  if (bytes > MAX_COMMIT_BYTES) {
    throw new TooLargeError(`a commit of ${bytes} bytes; at most ${MAX_COMMIT_BYTES} are allowed`);
  }
  if (writes.length > 1 && new Set(writes.map((write) => write.key)).size < writes.length) {
    throw new TypeError('a key occurs twice in one commit');
  }
};

/** The sequels of a commit; none where they do not fit into it. Throws TypeError for one of a key that the commit does not put. */
export const fittingSequels = (writes: readonly Write[], sequels: readonly Write[]): readonly Write[] => {
  if (sequels.length === 0) return sequels;
  const put = new Set(writes.filter(({ kind }) => kind === 'put').map(({ key }) => key));
  if (!sequels.every(({ key }) => put.delete(key))) throw new TypeError('a sequel to what the commit does not put');
  const all = [...writes, ...sequels];
  const fits = all.length <= MAX_COMMIT_KEYS && all.reduce((sum, write) => sum + sizeOf(write), 0) <= MAX_COMMIT_BYTES;
  return fits ? sequels : [];
};

const sizeOf = (write: Write): number =>
  Buffer.byteLength(write.key) + (write.kind === 'put' ? write.value.byteLength : 0);

const checkKey = (key: string): void => {
  scopesOf(key);
  const bytes = Buffer.byteLength(key);
  if (bytes > MAX_KEY_BYTES) throw new TooLargeError(`a key of ${bytes} bytes; at most ${MAX_KEY_BYTES} are allowed`);
};
