import type { JsonObject } from '@kcp/api-machinery';
import { type CompiledSchema, compileSchema, parseSchema } from '@kcp/structural-schema';
import { BoundedCache } from './bounded-cache.ts';
import { withoutDefaults } from './without-defaults.ts';

/** Bytes that a compiled schema takes for each character of its JSON; a guess on the safe side. */
const BYTES_PER_CHARACTER = 24;

/** A schema as JSON and what it is known by. */
export interface SchemaSource {
  /** The content hash of `json`. */
  readonly hash: string;
  readonly json: JsonObject;
  /** Characters of the canonical JSON. */
  readonly length: number;
  /** The logical cluster that has it compiled; equal schemas of others are shared. */
  readonly owner: string;
}

/** Compiled schemas by content: one copy for all logical clusters that have equal ones. */
export class SchemaCache {
  readonly #compiled: BoundedCache<CompiledSchema>;

  constructor(maxBytes: number) {
    this.#compiled = new BoundedCache(maxBytes);
  }

  /** The same without defaults: for objects that were converted, whose defaults come from the version they are stored in. */
  pruner(source: SchemaSource): CompiledSchema {
    const hash = `${source.hash}:pruner`;
    return this.#compiled.get(hash) ?? this.get({ ...source, hash, json: withoutDefaults(source.json) });
  }

  /** Compiles where the cache has nothing. Throws where the schema cannot be read, which stored definitions rule out. */
  get({ hash, json, length, owner }: SchemaSource): CompiledSchema {
    const known = this.#compiled.get(hash);
    if (known !== undefined) return known;
    const { schema, errors } = parseSchema(json);
    if (schema === undefined) throw new Error(`a stored schema cannot be read: ${errors[0]?.message ?? ''}`);
    const compiled = compileSchema(schema);
    this.#compiled.set(hash, compiled, { owner, bytes: length * BYTES_PER_CHARACTER });
    return compiled;
  }
}
