import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Bucket } from '@kcp/object-store';
import type { CustomResourceDefinition } from '../definition/custom-resource-definition.ts';
import { BoundedCache } from './bounded-cache.ts';
import { type DefinitionIdentity, identify } from './definition-identity.ts';
import { SchemaCache } from './schema-cache.ts';
import { type ServedDefinition, serveDefinition } from './serve-definition.ts';

/** Bytes that a served definition takes for each character of its JSON: the parsed schemas and a few closures. */
const BYTES_PER_CHARACTER = 8;

/** How much may be remembered. */
export interface ServingLimits {
  /** Bytes of served definitions; by default 64 MiB. */
  readonly definitionBytes?: number;
  /** Bytes of compiled schemas; by default 128 MiB. */
  readonly schemaBytes?: number;
}

/** What is to be served, and for whom. */
export interface ServeRequest {
  /** Who asks for it. Equal definitions of several are served by the same values. */
  readonly owner: LogicalCluster;
  /** Known where the caller keeps it; taken from the definition otherwise. */
  readonly identity?: DefinitionIdentity;
  /** Where the instances lie; by default group and plural. A storage identity keeps bound APIs apart. */
  readonly bucket?: Bucket;
  /** The definition, read only where nothing is remembered. */
  readonly read: () => CustomResourceDefinition | undefined;
}

/** Definitions as they are served, by content: the same definition in 10,000 logical clusters is made and compiled once. */
export class ServedDefinitions {
  readonly #served: BoundedCache<ServedDefinition>;
  readonly #schemas: SchemaCache;

  constructor({ definitionBytes = 64 * 2 ** 20, schemaBytes = 128 * 2 ** 20 }: ServingLimits = {}) {
    this.#served = new BoundedCache(definitionBytes);
    this.#schemas = new SchemaCache(schemaBytes);
  }

  /** Undefined where the definition is gone. */
  get({ owner, identity, bucket, read }: ServeRequest): ServedDefinition | undefined {
    const known = identity && this.#served.get(keyOf(identity, bucket));
    if (known !== undefined) return known;
    const definition = read();
    if (definition === undefined) return undefined;
    // the definition may have changed since the identity was taken: what is kept must be what it is kept by
    const actual = identify(definition);
    const key = keyOf(actual, bucket);
    const made = this.#served.get(key);
    if (made !== undefined) return made;
    const served = serveDefinition(definition, {
      identity: actual,
      schemas: this.#schemas,
      owner,
      ...(bucket !== undefined && { bucket }),
    });
    this.#served.set(key, served, { owner, bytes: actual.length * BYTES_PER_CHARACTER });
    return served;
  }
}

function keyOf({ hash }: DefinitionIdentity, bucket: Bucket | undefined): string {
  return bucket?.identity === undefined ? hash : `${hash}:${bucket.identity}`;
}
