import type { CompiledSchema } from './compile-schema.ts';

/** How large a cache of compiled schemas may become. */
export interface SchemaCacheOptions {
  readonly maxBytes: number;
}

/** Bytes of memory that a character of a schema's JSON comes to, parsed and with closures; measured 4 without these. */
const BYTES_PER_CHARACTER = 8;

interface Entry {
  readonly compiled: CompiledSchema;
  readonly bytes: number;
}

/**
 * Compiled schemas by fingerprint, the least recently used ones dropped first. Equal schemas of any number of logical
 * clusters share one copy. A schema larger than the whole cache is compiled for its caller alone.
 */
export class SchemaCache {
  readonly #maxBytes: number;
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(options: SchemaCacheOptions) {
    this.#maxBytes = options.maxBytes;
  }

  /** Estimated bytes of what is kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many schemas are kept. */
  get size(): number {
    return this.#entries.size;
  }

  /** The compiled copy of a fingerprint; `compile` is called where there is none. */
  get(fingerprint: string, compile: () => CompiledSchema): CompiledSchema {
    const known = this.#entries.get(fingerprint);
    if (known !== undefined) {
      this.#entries.delete(fingerprint);
      this.#entries.set(fingerprint, known);
      return known.compiled;
    }
    const compiled = compile();
    this.#keep(fingerprint, compiled);
    return compiled;
  }

  #keep(fingerprint: string, compiled: CompiledSchema): void {
    const bytes = compiled.weight * BYTES_PER_CHARACTER + (compiled.rules?.bytes ?? 0);
    if (bytes > this.#maxBytes) return;
    this.#entries.set(fingerprint, { compiled, bytes });
    this.#bytes += bytes;
    for (const [oldest, entry] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#entries.delete(oldest);
      this.#bytes -= entry.bytes;
    }
  }
}
