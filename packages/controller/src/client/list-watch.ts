import type { KubeObject } from '@kcp/api-machinery';
import type { ResourceClient, SelectOptions } from '@kcp/client';
import type { ListWatch } from '../reflector/list-watch.ts';

/** What of a resource is meant; everything where nothing is given. */
export type Selection = Pick<SelectOptions, 'labelSelector' | 'fieldSelector'>;

/** Lists and watches; what of a client's resource is needed. */
export type ListingClient<O extends KubeObject> = Pick<ResourceClient<O>, 'list' | 'watch'>;

/** A resource of a client as reflectors read it: `listWatchOf(client.resource(configmaps).namespace('a'), { labelSelector })`. */
export function listWatchOf<O extends KubeObject>(resource: ListingClient<O>, selection: Selection = {}): ListWatch<O> {
  return {
    list: async ({ limit, resourceVersionMatch, ...request }) => {
      const { items, metadata } = await resource.list({
        ...selection,
        ...request,
        ...(limit > 0 && { limit }),
        ...(resourceVersionMatch !== '' && { resourceVersionMatch }),
      });
      const { resourceVersion, continue: next, remainingItemCount } = metadata;
      return {
        items,
        metadata: { resourceVersion, continue: next, ...(remainingItemCount !== undefined && { remainingItemCount }) },
      };
    },
    watch: ({ resourceVersionMatch, ...request }) =>
      resource.watch({ ...selection, ...request, ...(resourceVersionMatch !== '' && { resourceVersionMatch }) }),
  };
}
