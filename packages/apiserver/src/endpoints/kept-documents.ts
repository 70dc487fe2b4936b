import { type JsonObject, stringifyJson } from '@kcp/api-machinery';
import { BoundedCache } from '../bounded-cache.ts';

/** The most bytes that are kept, of which no logical cluster has more than a quarter made. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** Documents as they are sent, by what they are made of: hundreds of clients ask for the same one, and many do so at once. */
export class KeptDocuments {
  readonly #kept: BoundedCache<Buffer>;

  constructor(maxBytes = KEPT_BYTES) {
    this.#kept = new BoundedCache(maxBytes);
  }

  /** `key` says all that the document depends on, `owner` which logical cluster asks. */
  get(key: string, owner: string, make: () => JsonObject): Buffer {
    let bytes = this.#kept.get(key);
    if (bytes === undefined) {
      bytes = Buffer.from(stringifyJson(make()));
      this.#kept.set(key, bytes, { owner, bytes: bytes.length + key.length });
    }
    return bytes;
  }
}
