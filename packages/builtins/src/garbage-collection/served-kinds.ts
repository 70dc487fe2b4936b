import type { ClusterCatalog, ServedResource } from '@kcp/apiserver';
import { parseApiVersion } from '@kcp/api-machinery';
import type { Bucket } from '@kcp/object-store';

/**
 * Finds the resources of one logical cluster by what references and rows say; for one piece of work, then thrown away. A name is
 * tried before all is listed, because listing what a cluster serves compiles every definition of it.
 */
export class ServedKinds {
  readonly #catalog: ClusterCatalog;
  readonly #known = new Map<string, ServedResource | undefined>();

  constructor(catalog: ClusterCatalog) {
    this.#catalog = catalog;
  }

  /** The resource of a kind in exactly this version; undefined where none of the kind is served and can be read. */
  ofKind(apiVersion: string, kind: string): ServedResource | undefined {
    return this.#remember(`${apiVersion} ${kind}`, () => {
      const gv = parseApiVersion(apiVersion);
      if (gv === undefined) return undefined;
      const isWanted = (resource: ServedResource): boolean =>
        resource.kind === kind && resource.gvr.version === gv.version && resource.verbs.includes('get');
      const guess = this.#catalog.find(gv.group, gv.version, pluralOf(kind));
      return guess !== undefined && isWanted(guess) ? guess : this.#search(gv.group, isWanted);
    });
  }

  /**
   * A version of the resource whose objects lie in a bucket, that of a stored object if it is served, else the preferred one;
   * undefined where it cannot be written.
   */
  ofBucket(bucket: Bucket, apiVersion: string): ServedResource | undefined {
    const { group, resource: plural, identity = '' } = bucket;
    return this.#remember(`${apiVersion} ${group}/${plural}:${identity}`, () => {
      const isWanted = ({ bucket: own, verbs }: ServedResource): boolean =>
        own.group === group &&
        own.resource === plural &&
        (own.identity ?? '') === identity &&
        verbs.includes('delete') &&
        verbs.includes('update');
      const guess = this.#catalog.find(group, parseApiVersion(apiVersion)?.version ?? '', plural);
      return guess !== undefined && isWanted(guess) ? guess : this.#search(group, isWanted);
    });
  }

  #remember(key: string, find: () => ServedResource | undefined): ServedResource | undefined {
    if (this.#known.has(key)) return this.#known.get(key);
    const found = find();
    this.#known.set(key, found);
    return found;
  }

  #search(group: string, isWanted: (resource: ServedResource) => boolean): ServedResource | undefined {
    for (const served of this.#catalog.groups) {
      if (served.group !== group) continue;
      for (const { resources } of served.versions) {
        const found = resources.find(isWanted);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }
}

/** How most plurals are made (k8s.io/apimachinery meta.UnsafeGuessKindToResource); only a first try. */
function pluralOf(kind: string): string {
  const singular = kind.toLowerCase();
  if (singular.endsWith('s')) return `${singular}es`;
  return singular.endsWith('y') ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}
