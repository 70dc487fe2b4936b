import { createHash } from 'node:crypto';
import { compareVersions } from '@kcp/api-machinery';
import type { Catalog, ClusterCatalog, ServedGroup, ServedResource, ServedVersion } from '@kcp/apiserver';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import { definitionBucket, definitionName } from '../definition/custom-resource-definition.ts';
import { readDefinition } from '../definition/decode-definition.ts';
import type { ClusterDefinitions, DefinitionEntry, DefinitionIndex } from './definition-index.ts';
import type { ServedDefinition } from './serve-definition.ts';
import type { ServedDefinitions } from './served-definitions.ts';

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
  const catalogs = new WeakMap<ClusterDefinitions, ClusterCatalog>();
  return {
    of: (cluster) => {
      const definitions = options.index.of(cluster);
      const known = catalogs.get(definitions);
      if (known !== undefined) return known;
      const catalog = new CrdClusterCatalog(cluster, definitions, options);
      if (definitions.entries.size > 0) catalogs.set(definitions, catalog);
      return catalog;
    },
    across: () => undefined,
  };
}

class CrdClusterCatalog implements ClusterCatalog {
  readonly #cluster: LogicalCluster;
  readonly #definitions: ClusterDefinitions;
  readonly #options: CrdCatalogOptions;
  #tag: string | undefined;

  constructor(cluster: LogicalCluster, definitions: ClusterDefinitions, options: CrdCatalogOptions) {
    this.#cluster = cluster;
    this.#definitions = definitions;
    this.#options = options;
  }

  get tag(): string {
    this.#tag ??= tagOf(this.#definitions);
    return this.#tag;
  }

  /** Made anew for each reader: discovery documents are kept by tag, and a kept list would keep what the caches let go. */
  get groups(): readonly ServedGroup[] {
    const groups = new Map<string, ServedDefinition[]>();
    for (const entry of this.#definitions.entries.values()) {
      const served = this.#serve(entry);
      if (served === undefined) continue;
      const others = groups.get(served.group);
      if (others === undefined) groups.set(served.group, [served]);
      else others.push(served);
    }
    return [...groups].map(([group, members]) => ({ group, origin: 'custom', versions: versionsOf(members) }));
  }

  find(group: string, version: string, resource: string): ServedResource | undefined {
    const entry = this.#definitions.entries.get(definitionName({ group, resource }));
    return entry === undefined ? undefined : this.#serve(entry)?.find(version);
  }

  #serve({ name, identity }: DefinitionEntry): ServedDefinition | undefined {
    if (identity === undefined) return undefined;
    const { store, served } = this.#options;
    const cluster = this.#cluster;
    const read = () => {
      const stored = store.get(definitionBucket, { cluster, namespace: '', name });
      return stored === undefined ? undefined : readDefinition(stored);
    };
    return served.get({ owner: cluster, identity, read });
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
