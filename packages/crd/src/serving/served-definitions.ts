import { BoundedCache } from '@kcp/apiserver';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Bucket } from '@kcp/object-store';
import type { Meter } from '@kcp/telemetry';
import type { CustomResourceDefinition } from '../definition/custom-resource-definition.ts';
import type { ConversionCalls } from './conversion-webhook.ts';
import { type DefinitionIdentity, identify } from './definition-identity.ts';
import { DefinitionSources, type ReadDefinition } from './definition-sources.ts';
import { SchemaCache } from './schema-cache.ts';
import { type ServedDefinition, serveDefinition } from './serve-definition.ts';

/** Bytes that a served definition takes, and each of its versions: records and closures, half as much again as was measured. */
const DEFINITION_BYTES = 2_048;
const VERSION_BYTES = 5_120;
/** For each character of its JSON beside the schemas: names, columns, selectable fields. */
const BYTES_PER_CHARACTER = 8;

/** How much may be remembered. */
export interface ServingLimits {
  /** Bytes of served definitions; by default 64 MiB. */
  readonly definitionBytes?: number;
  /** Bytes of compiled schemas; by default 128 MiB. */
  readonly schemaBytes?: number;
}

/** What definitions are served with. */
export interface ServedDefinitionsOptions extends ServingLimits {
  /** By what conversion webhooks are called; absent: what needs one cannot be converted. */
  readonly conversion?: ConversionCalls;
  /** Counts what is compiled. */
  readonly meter?: Meter;
}

/** What is to be served, and for whom. */
export interface ServeRequest {
  /** Who asks for it. Equal definitions of several are served by the same values. */
  readonly owner: LogicalCluster;
  /** Known where the caller keeps it, and then that of what `read` gives; taken from the definition otherwise. */
  readonly identity?: DefinitionIdentity;
  /** Where the instances lie; by default group and plural. A storage identity keeps bound APIs apart. */
  readonly bucket?: Bucket;
  /** The definition, read only where nothing is remembered. */
  readonly read: ReadDefinition;
}

interface Remembered {
  readonly served: ServedDefinition;
  readonly sources: DefinitionSources;
}

/** Definitions as they are served, by content: the same definition in 10,000 logical clusters is made and compiled once. */
export class ServedDefinitions {
  readonly #remembered: BoundedCache<Remembered>;
  readonly #schemas: SchemaCache;

  readonly #conversion: ConversionCalls | undefined;

  constructor(options: ServedDefinitionsOptions = {}) {
    const { definitionBytes = 64 * 2 ** 20, schemaBytes = 128 * 2 ** 20, conversion, meter } = options;
    this.#conversion = conversion;
    this.#remembered = new BoundedCache(definitionBytes);
    this.#schemas = new SchemaCache(schemaBytes, meter);
  }

  /** Undefined where the definition is gone. */
  get(request: ServeRequest): ServedDefinition | undefined {
    const { identity } = request;
    const known = identity && this.#find(request, identity);
    if (known !== undefined) return known;
    const definition = request.read();
    if (definition === undefined) return undefined;
    if (identity !== undefined) return this.#make(request, definition, identity);
    const taken = identify(definition);
    return this.#find(request, taken) ?? this.#make(request, definition, taken);
  }

  /** Whether `get` answers from memory. */
  has({ identity, bucket }: ServeRequest): boolean {
    return identity !== undefined && this.#remembered.has(keyOf(identity, bucket));
  }

  #find({ owner, bucket, read }: ServeRequest, identity: DefinitionIdentity): ServedDefinition | undefined {
    const known = this.#remembered.get(keyOf(identity, bucket));
    known?.sources.offer(owner, read);
    return known?.served;
  }

  #make(
    { owner, bucket, read }: ServeRequest,
    definition: CustomResourceDefinition,
    identity: DefinitionIdentity,
  ): ServedDefinition {
    const sources = new DefinitionSources();
    sources.offer(owner, read);
    const conversion = this.#conversion;
    const made = { identity, sources, schemas: this.#schemas, owner, conversion };
    const options = { ...made, ...(bucket !== undefined && { bucket }) };
    const served = serveDefinition(definition, options);
    const { schemas, ownLength } = identity.spec;
    const bytes = DEFINITION_BYTES + schemas.size * VERSION_BYTES + ownLength * BYTES_PER_CHARACTER;
    this.#remembered.set(keyOf(identity, bucket), { served, sources }, { owner, bytes });
    return served;
  }
}

function keyOf({ hash }: DefinitionIdentity, bucket: Bucket | undefined): string {
  return bucket?.identity === undefined ? hash : `${hash}:${bucket.identity}`;
}
