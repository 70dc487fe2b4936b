import type { Catalog, ClusterCatalog, ServedGroup, ServedResource } from '@kcp/apiserver';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import { InheritedFrom } from './inherited-from.ts';

/**
 * The custom kinds that logical clusters have from others: the kinds only, objects are their own. Whoever asks asks for what a cluster
 * has itself before; whether it inherits at all is found out when something is looked for.
 */
export function inheritingCatalog(store: Pick<ObjectReader, 'get'>, own: Catalog): Catalog {
  const from = new InheritedFrom(store);
  return {
    of: (cluster) => new Inherited(own, from, cluster),
    across: () => undefined,
    prepare: (cluster, what) => {
      const source = what === 'all' ? from.of(cluster) : from.lastOf(cluster);
      return source && own.prepare?.(source, what);
    },
  };
}

const NOTHING: readonly ServedGroup[] = [];

class Inherited implements ClusterCatalog {
  readonly #own: Catalog;
  readonly #from: InheritedFrom;
  readonly #cluster: LogicalCluster;

  constructor(own: Catalog, from: InheritedFrom, cluster: LogicalCluster) {
    this.#own = own;
    this.#from = from;
    this.#cluster = cluster;
  }

  get tag(): string {
    const source = this.#from.of(this.#cluster);
    return source === undefined ? '' : this.#own.of(source).tag;
  }

  get groups(): readonly ServedGroup[] {
    const source = this.#from.of(this.#cluster);
    if (source === undefined) return NOTHING;
    return this.#own.of(source).groups.map((group) => ({
      ...group,
      versions: group.versions.map(({ version, resources }) => ({
        version,
        resources: resources.map((resource) => definedIn(resource, source)),
      })),
    }));
  }

  find(group: string, version: string, resource: string): ServedResource | undefined {
    const source = this.#from.of(this.#cluster);
    const found = source && this.#own.of(source).find(group, version, resource);
    return found && definedIn(found, source);
  }
}

// weak: as long as somebody remembers the resource
const known = new WeakMap<ServedResource, Map<LogicalCluster, ServedResource>>();

/** The resource as it is served elsewhere than where it is defined: watches follow its definition there. */
function definedIn(resource: ServedResource, source: LogicalCluster): ServedResource {
  if (resource.definition === undefined) return resource;
  let here = known.get(resource);
  if (here === undefined) known.set(resource, (here = new Map()));
  let inherited = here.get(source);
  if (inherited === undefined) {
    inherited = { ...resource, definition: { ...resource.definition, cluster: source } };
    here.set(source, inherited);
  }
  return inherited;
}
