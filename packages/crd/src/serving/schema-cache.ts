import type { JsonObject } from '@kcp/api-machinery';
import { BoundedCache } from '@kcp/apiserver';
import { type CompiledSchema, compileSchema, parseSchema, type StructuralSchema } from '@kcp/structural-schema';
import { type Counter, type Meter, silentMeter } from '@kcp/telemetry';
import { withoutDefaults } from './without-defaults.ts';

/** Bytes that a compiled schema takes for each character of its JSON; a guess on the safe side. */
const BYTES_PER_CHARACTER = 24;

/** A schema, what it is known by, and where its JSON comes from. */
export interface SchemaSource {
  /** The content hash of what `read` gives. */
  readonly hash: string;
  readonly read: () => JsonObject;
  /** Characters of the canonical JSON. */
  readonly length: number;
  /**
   * The logical cluster that has it compiled, asked when it is; equal schemas of others are shared. Not who had it first: that one
   * could have it dropped again and again by what else it has compiled.
   */
  readonly owner: () => string;
}

/** Compiled schemas by content: one copy for all logical clusters that have equal ones. */
export class SchemaCache {
  readonly #compiled: BoundedCache<CompiledSchema>;
  readonly #compilations: Counter;

  constructor(maxBytes: number, meter: Meter = silentMeter) {
    this.#compiled = new BoundedCache(maxBytes);
    this.#compilations = meter.counter({
      name: 'kcp_crd_schema_compilations_total',
      help: 'Schemas of custom resources that were compiled. That it grows without new definitions says that too few are kept.',
    });
  }

  /** The same without defaults: for objects that were converted, whose defaults come from the version they are stored in. */
  pruner(source: SchemaSource): CompiledSchema {
    return this.#find(`${source.hash}:pruner`, source, withoutDefaults);
  }

  /** Compiles where the cache has nothing. Throws where the schema cannot be read, which stored definitions rule out. */
  get(source: SchemaSource): CompiledSchema {
    return this.#find(source.hash, source, (json) => json);
  }

  /** The schema alone. Nothing is kept: what publishes all schemas must not drive out those in use. */
  parsed({ hash, read }: SchemaSource): StructuralSchema {
    return this.#compiled.get(hash)?.schema ?? parse(read());
  }

  #find(hash: string, { read, length, owner }: SchemaSource, change: (json: JsonObject) => JsonObject): CompiledSchema {
    const known = this.#compiled.get(hash);
    if (known !== undefined) return known;
    const compiled = compileSchema(parse(change(read())));
    this.#compilations.add(1);
    this.#compiled.set(hash, compiled, {
      owner: owner(),
      bytes: length * BYTES_PER_CHARACTER + (compiled.rules?.bytes ?? 0),
    });
    return compiled;
  }
}

function parse(json: JsonObject): StructuralSchema {
  const { schema, errors } = parseSchema(json);
  if (schema === undefined) throw new Error(`a stored schema cannot be read: ${errors[0]?.message ?? ''}`);
  return schema;
}
