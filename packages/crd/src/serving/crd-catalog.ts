import { createHash } from 'node:crypto';
import { ApiError, compareVersions } from '@kcp/api-machinery';
import {
  type Catalog,
  type ClusterCatalog,
  Pace,
  type ServedGroup,
  type ServedResource,
  type ServedVersion,
} from '@kcp/apiserver';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader, StoredObject } from '@kcp/object-store';
import { definitionBucket, definitionName } from '../definition/custom-resource-definition.ts';
import { readDefinition } from '../definition/decode-definition.ts';
import type { ClusterDefinitions, DefinitionEntry, DefinitionIndex } from './definition-index.ts';
import type { ServedDefinition } from './serve-definition.ts';
import type { ServedDefinitions, ServeRequest } from './served-definitions.ts';

/** What the catalog is made of. `index` and `served` may be shared with controllers and with other catalogs. */
export interface CrdCatalogOptions {
  readonly store: ObjectReader;
  readonly index: DefinitionIndex;
  readonly served: ServedDefinitions;
}

/**
 * What logical clusters serve because of their own definitions. Holds nothing but what `index` and `served` remember, both of them
 * bounded. To all clusters at once nothing is served: objects of definitions without an identity need not have one meaning.
 */
export function crdCatalog(options: CrdCatalogOptions): Catalog {
  // weak: as long as the index remembers a generation, its catalog is the same value
  const catalogs = new WeakMap<ClusterDefinitions, CrdClusterCatalog>();
  const catalogOf = (cluster: LogicalCluster): CrdClusterCatalog => {
    const definitions = options.index.of(cluster);
    const known = catalogs.get(definitions);
    if (known !== undefined) return known;
    const catalog = new CrdClusterCatalog(cluster, definitions, options);
    if (definitions.entries.size > 0) catalogs.set(definitions, catalog);
    return catalog;
  };
  return {
    of: catalogOf,
    across: () => undefined,
    prepare: (cluster, what) => {
      const indexed = options.index.prepare(cluster);
      if (what === 'one') return indexed;
      return indexed ? indexed.then(() => catalogOf(cluster).prepared()) : catalogOf(cluster).prepared();
    },
  };
}

class CrdClusterCatalog implements ClusterCatalog {
  readonly #cluster: LogicalCluster;
  readonly #definitions: ClusterDefinitions;
  readonly #options: CrdCatalogOptions;
  readonly #requests = new Map<DefinitionEntry, ServeRequest>();
  #tag: string | undefined;
  /** What `prepare` went through, for who waited for it and reads the groups at once. */
  #prepared: readonly ServedDefinition[] | undefined;

  constructor(cluster: LogicalCluster, definitions: ClusterDefinitions, options: CrdCatalogOptions) {
    this.#cluster = cluster;
    this.#definitions = definitions;
    this.#options = options;
  }

  get tag(): string {
    this.#tag ??= tagOf(this.#definitions);
    return this.#tag;
  }

  /** Made anew for each reader, who asks once: a kept list would keep what the caches let go. */
  get groups(): readonly ServedGroup[] {
    const groups = new Map<string, ServedDefinition[]>();
    for (const served of this.#prepared ?? this.#all()) {
      const others = groups.get(served.group);
      if (others === undefined) groups.set(served.group, [served]);
      else others.push(served);
    }
    return [...groups].map(([group, members]) => ({ group, origin: 'custom', versions: versionsOf(members) }));
  }

  /** Undefined where all is remembered; else goes through it in pieces: what is not is read, and may be more than is kept. */
  prepared(): Promise<void> | undefined {
    for (const entry of this.#definitions.entries.values()) {
      const request = this.#requestFor(entry);
      if (request !== undefined && !this.#options.served.has(request)) return this.#prepare();
    }
    return undefined;
  }

  async #prepare(): Promise<void> {
    const pace = new Pace();
    const prepared: ServedDefinition[] = [];
    for (const entry of this.#definitions.entries.values()) {
      const served = this.#serve(entry);
      if (served !== undefined) prepared.push(served);
      if (pace.isOver) await pace.breathe();
    }
    this.#prepared = prepared;
    // held no longer than the turn in which those who wait go on
    setImmediate(() => {
      if (this.#prepared === prepared) this.#prepared = undefined;
    });
  }

  *#all(): Iterable<ServedDefinition> {
    for (const entry of this.#definitions.entries.values()) {
      const served = this.#serve(entry);
      if (served !== undefined) yield served;
    }
  }

  find(group: string, version: string, resource: string): ServedResource | undefined {
    const entry = this.#definitions.entries.get(definitionName({ group, resource }));
    return entry === undefined ? undefined : this.#serve(entry)?.find(version);
  }

  #serve(entry: DefinitionEntry): ServedDefinition | undefined {
    const request = this.#requestFor(entry);
    return request && this.#options.served.get(request);
  }

  /** Undefined for what is not established. */
  #requestFor(entry: DefinitionEntry): ServeRequest | undefined {
    const { identity } = entry;
    if (identity === undefined) return undefined;
    let request = this.#requests.get(entry);
    if (request === undefined) {
      const owner = this.#cluster;
      const read = (): ReturnType<ServeRequest['read']> => readEntry(this.#options.store, owner, entry);
      request = { owner, identity, read };
      this.#requests.set(entry, request);
    }
    return request;
  }
}

/** The definition at the very revision that was indexed: what is kept by an identity must be what the identity was taken of. */
function readEntry(
  store: ObjectReader,
  cluster: LogicalCluster,
  { name, revision }: DefinitionEntry,
): ReturnType<ServeRequest['read']> {
  const key = { cluster, namespace: '', name };
  const current = store.get(definitionBucket, key);
  const stored = current?.revision === revision ? current : past(() => store.get(definitionBucket, key, revision));
  return stored?.revision === revision ? readDefinition(stored) : undefined;
}

function past(read: () => StoredObject | undefined): StoredObject | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'Expired') return undefined;
    throw error;
  }
}

function tagOf({ entries }: ClusterDefinitions): string {
  const hash = createHash('sha256');
  for (const name of [...entries.keys()].sort()) {
    const identity = entries.get(name)?.identity;
    if (identity !== undefined) hash.update(identity.hash);
  }
  return hash.digest('base64url');
}

function versionsOf(definitions: readonly ServedDefinition[]): readonly ServedVersion[] {
  const names = [...new Set(definitions.flatMap(({ versions }) => versions))].sort(compareVersions);
  return names.map((version) => ({
    version,
    resources: definitions
      .flatMap((definition) => definition.find(version) ?? [])
      .sort((a, b) => (a.gvr.resource < b.gvr.resource ? -1 : 1)),
  }));
}
