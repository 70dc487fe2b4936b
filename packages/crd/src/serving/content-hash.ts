import { createHash, type Hash } from 'node:crypto';
import { isArray, isObject, type Json } from '@kcp/api-machinery';

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
  const writer = new HashWriter();
  write(value, writer);
  return writer.finish();
}

class HashWriter {
  readonly #hash: Hash = createHash('sha256');
  #chunk = '';
  #length = 0;

  text(text: string): void {
    this.#chunk += text;
    if (this.#chunk.length >= CHUNK) this.#flush();
  }

  finish(): ContentHash {
    this.#flush();
    return { hash: this.#hash.digest('hex'), length: this.#length };
  }

  #flush(): void {
    this.#hash.update(this.#chunk);
    this.#length += this.#chunk.length;
    this.#chunk = '';
  }
}

function write(value: Json, writer: HashWriter): void {
  if (isArray(value)) {
    let before = '[';
    for (const item of value) {
      writer.text(before);
      write(item, writer);
      before = ',';
    }
    writer.text(before === '[' ? '[]' : ']');
  } else if (isObject(value)) {
    let before = '{';
    for (const key of Object.keys(value).sort()) {
      const member = value[key];
      if (member === undefined) continue;
      writer.text(`${before}${JSON.stringify(key)}:`);
      write(member, writer);
      before = ',';
    }
    writer.text(before === '{' ? '{}' : '}');
  } else {
    writer.text(typeof value === 'bigint' ? value.toString() : JSON.stringify(value));
  }
}
