import { compareKeys } from '../key.ts';

const MAX_CHUNK = 512;

/** The index of the first of these keys that is not below `key`. */
const lowerBound = (keys: readonly string[], key: string): number => {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(keys[middle] ?? '', key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** A set of keys in the order of their UTF-8 bytes, in chunks so that adding to a large one stays cheap. */
export class SortedKeys {
  /** None is empty, except the only one. */
  readonly #chunks: string[][] = [[]];

  add(key: string): void {
    const at = this.#chunkOf(key);
    const chunk = this.#chunks[at] ?? [];
    const index = lowerBound(chunk, key);
    if (chunk[index] === key) return;
    chunk.splice(index, 0, key);
    if (chunk.length > MAX_CHUNK) this.#chunks.splice(at + 1, 0, chunk.splice(MAX_CHUNK / 2));
  }

  delete(key: string): void {
    const at = this.#chunkOf(key);
    const chunk = this.#chunks[at] ?? [];
    const index = lowerBound(chunk, key);
    if (chunk[index] !== key) return;
    chunk.splice(index, 1);
    if (chunk.length === 0 && this.#chunks.length > 1) this.#chunks.splice(at, 1);
  }

  /** The keys not below `from`. The set must not change meanwhile. */
  *from(from: string): Generator<string> {
    const first = this.#chunkOf(from);
    for (let at = first; at < this.#chunks.length; at += 1) {
      const chunk = this.#chunks[at] ?? [];
      for (let index = at === first ? lowerBound(chunk, from) : 0; index < chunk.length; index += 1) {
        const key = chunk[index];
        if (key !== undefined) yield key;
      }
    }
  }

  /** The index of the only chunk that may hold a key: the last whose first key is not above it, else the first. */
  #chunkOf(key: string): number {
    let low = 0;
    let high = this.#chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (compareKeys(this.#chunks[middle]?.[0] ?? '', key) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
