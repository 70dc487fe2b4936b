import type { ObjectReader } from '@kcp/object-store';
import type { Catalog } from './catalog.ts';
import type { ServedResource } from './served-resource.ts';
import type { CollectionTarget } from './verbs/target.ts';
import type { WatchDefinitions } from './verbs/watch-session.ts';

/**
 * Tells watches of custom resources when their definition changed: each watch follows the one object that its resource is
 * made of, and compares what is served now with what it shows.
 */
export function watchDefinitions(store: ObjectReader, catalog: Catalog): WatchDefinitions {
  return {
    follow: ({ cluster, resource }, changed) => {
      const { definition } = resource;
      if (!definition) return { [Symbol.dispose]: () => {} };
      const look = (): void => {
        if (servedNow(catalog, cluster, resource)?.definition?.hash !== definition.hash) changed();
      };
      const listener = { event: look, progress: () => {}, lost: () => changed() };
      const { bucket, name, cluster: home = cluster } = definition;
      return store.watch({ bucket, cluster: home, name, after: store.head() }, listener);
    },
  };
}

function servedNow(
  catalog: Catalog,
  cluster: CollectionTarget['cluster'],
  { gvr }: ServedResource,
): ServedResource | undefined {
  const { group, version, resource } = gvr;
  return typeof cluster === 'string'
    ? catalog.of(cluster).find(group, version, resource)
    : catalog.across(group, version, resource);
}
