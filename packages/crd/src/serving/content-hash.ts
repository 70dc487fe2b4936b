import { createHash, type Hash } from 'node:crypto';
import { isArray, isObject, type Json, type JsonObject } from '@kcp/api-machinery';

/** A value's hash: the same for equal values, whatever the order of their keys. */
export interface ContentHash {
  /** SHA-256 over the canonical JSON, in hex. */
  readonly hash: string;
  /** Characters of the canonical JSON: what the value's size in memory is guessed from. */
  readonly length: number;
}

/** Characters that are put together before the hash gets them. */
const CHUNK = 64 * 1024;

/** Hashes JSON in its canonical form: keys sorted, no spaces. */
export function contentHash(value: Json): ContentHash {
  const writer = new CanonicalWriter();
  writer.value(value);
  return writer.finish();
}

const PLAIN_KEY = /^[\w$.-]*$/;

class CanonicalWriter {
  readonly #hash: Hash = createHash('sha256');
  #chunk = '';
  #length = 0;

  finish(): ContentHash {
    this.#flush();
    return { hash: this.#hash.digest('hex'), length: this.#length };
  }

  value(value: Json): void {
    if (typeof value === 'string') this.#chunk += JSON.stringify(value);
    else if (isArray(value)) this.#items(value);
    else if (isObject(value)) this.#members(value);
    else this.#chunk += String(value);
    if (this.#chunk.length >= CHUNK) this.#flush();
  }

  #items(items: readonly Json[]): void {
    let before = '[';
    for (const item of items) {
      this.#chunk += before;
      this.value(item);
      before = ',';
    }
    this.#chunk += before === '[' ? '[]' : ']';
  }

  #members(object: JsonObject): void {
    let before = '{';
    for (const key of Object.keys(object).sort()) {
      const member = object[key];
      if (member === undefined) continue;
      // keys of schemas are plain almost always, and are quoted in less time than JSON takes
      this.#chunk += PLAIN_KEY.test(key) ? `${before}"${key}":` : `${before}${JSON.stringify(key)}:`;
      this.value(member);
      before = ',';
    }
    this.#chunk += before === '{' ? '{}' : '}';
  }

  #flush(): void {
    this.#hash.update(this.#chunk);
    this.#length += this.#chunk.length;
    this.#chunk = '';
  }
}
