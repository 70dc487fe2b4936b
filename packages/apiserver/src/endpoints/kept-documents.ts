import { type JsonObject, stringifyJson } from '@kcp/api-machinery';
import { LRUCache } from 'lru-cache';

/** The most bytes that are kept. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** Documents as they are sent, by what they are made of: hundreds of clients ask for the same one, and many do so at once. */
export class KeptDocuments {
  readonly #kept = new LRUCache<string, Buffer>({
    maxSize: KEPT_BYTES,
    sizeCalculation: (bytes, key) => bytes.length + key.length,
  });

  /** `key` says all that the document depends on. */
  get(key: string, make: () => JsonObject): Buffer {
    let bytes = this.#kept.get(key);
    if (bytes === undefined) {
      bytes = Buffer.from(stringifyJson(make()));
      this.#kept.set(key, bytes);
    }
    return bytes;
  }
}
