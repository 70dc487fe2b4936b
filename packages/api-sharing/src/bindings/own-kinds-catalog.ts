import { createHash } from 'node:crypto';
import { kcpDefinitionName, kcpSystemDefinitions } from '@kcp/apis';
import type { Catalog, ClusterCatalog, ServedGroup, ServedResource } from '@kcp/apiserver';
import type { FixedDefinitions } from '@kcp/crd';
import { BoundNames } from './bound-names.ts';
import type { ObjectReader } from '@kcp/object-store';

const EVERYWHERE: readonly string[] = kcpSystemDefinitions.map(kcpDefinitionName);

/**
 * The server's own kinds: some are served in every logical cluster, the others where an APIBinding to an export of root says so.
 * Logical clusters with the same bindings have the same value.
 */
export function ownKindsCatalog(store: Pick<ObjectReader, 'generation' | 'page'>, fixed: FixedDefinitions): Catalog {
  const bound = new BoundNames(store, (name) => fixed.has(name));
  const everywhere = new Set(EVERYWHERE);
  // weak: as long as somebody remembers the names
  const known = new WeakMap<readonly string[], ClusterCatalog>();
  return {
    of: (cluster) => {
      const names = bound.of(cluster);
      let catalog = known.get(names);
      if (catalog === undefined) {
        catalog = new OwnKinds(fixed, [...new Set([...EVERYWHERE, ...names])].sort());
        known.set(names, catalog);
      }
      return catalog;
    },
    across: (group, version, resource) => fixed.find(group, version, resource),
    everywhere: (group, version, resource) =>
      everywhere.has(`${resource}.${group}`) ? fixed.find(group, version, resource) : undefined,
  };
}

class OwnKinds implements ClusterCatalog {
  readonly #fixed: FixedDefinitions;
  readonly #names: readonly string[];
  readonly #has: ReadonlySet<string>;
  readonly tag: string;

  constructor(fixed: FixedDefinitions, names: readonly string[]) {
    this.#fixed = fixed;
    this.#names = names;
    this.#has = new Set(names);
    this.tag = createHash('sha256').update(names.join('\n')).digest('base64url');
  }

  get groups(): readonly ServedGroup[] {
    return this.#fixed.groups(this.#names);
  }

  find(group: string, version: string, resource: string): ServedResource | undefined {
    return this.#has.has(`${resource}.${group}`) ? this.#fixed.find(group, version, resource) : undefined;
  }
}
