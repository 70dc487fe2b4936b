import type { KubeObject } from '@kcp/api-machinery';
import type { Client } from '@kcp/client';
import {
  CLUSTER_ANNOTATION,
  listWatchOf,
  metadataOnly,
  ObjectCache,
  onlyFields,
  Reflector,
  type ReflectorOptions,
} from '@kcp/controller';
import { root } from '@kcp/logical-cluster';
import { configSpreads, SPREAD_LABEL } from './config-spread.ts';
import { spreadIndexValue } from './reconciler.ts';

/** What all reflectors share. */
export type ReflectorDeps = Pick<ReflectorOptions<KubeObject>, 'clock' | 'random' | 'logger' | 'meter'>;

/** What the controller holds in memory: of namespaces metadata, of ConfigMaps only the copies. */
export interface Caches {
  readonly spreads: ObjectCache<KubeObject>;
  readonly namespaces: ObjectCache<KubeObject>;
  readonly copies: ObjectCache<KubeObject, 'spread'>;
  readonly reflectors: Readonly<Record<'spreads' | 'namespaces' | 'copies', Reflector<KubeObject>>>;
}

const MIB = 1024 * 1024;

/** Makes caches over one logical cluster, or over all of them where the client's URL is of all. */
export function makeCaches(client: Client, deps: ReflectorDeps): Caches {
  const cluster = isOfAllClusters(client) ? undefined : root;
  const spreads = new ObjectCache<KubeObject>({ cluster, indexers: {}, trim: onlyFields('spec', 'status') });
  const namespaces = new ObjectCache<KubeObject>({ cluster, indexers: {}, trim: metadataOnly });
  const copies = new ObjectCache<KubeObject, 'spread'>({
    cluster,
    trim: onlyFields('data', 'binaryData'),
    indexers: {
      spread: ({ metadata: { labels, annotations } }) => [
        spreadIndexValue(annotations?.[CLUSTER_ANNOTATION] ?? root, labels?.[SPREAD_LABEL] ?? ''),
      ],
    },
  });
  const resource = (group: string, version: string, name: string) =>
    client.resource({ group, version, resource: name });
  const reflectors = {
    spreads: new Reflector({
      ...deps,
      name: 'configspreads',
      cache: spreads,
      listWatch: listWatchOf(client.resource(configSpreads)),
      budgetBytes: 64 * MIB,
    }),
    namespaces: new Reflector({
      ...deps,
      name: 'namespaces',
      cache: namespaces,
      listWatch: listWatchOf(resource('', 'v1', 'namespaces')),
      budgetBytes: 64 * MIB,
    }),
    copies: new Reflector({
      ...deps,
      name: 'configmaps',
      cache: copies,
      listWatch: listWatchOf(resource('', 'v1', 'configmaps'), { labelSelector: SPREAD_LABEL }),
      budgetBytes: 256 * MIB,
    }),
  };
  return { spreads, namespaces, copies, reflectors };
}

/** True for a client of `/clusters/*`. */
export function isOfAllClusters({ prefix }: Client): boolean {
  return prefix.endsWith('/clusters/*');
}
