import { objectAt, objectsAt, textAt, type KubeObject } from '@kcp/api-machinery';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { root } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import { apiBindings } from '@kcp/tenancy';
import { LRUCache } from 'lru-cache';

/** How many logical clusters are remembered. */
const MOST_CLUSTERS = 50_000;
const PAGE = 500;

interface Known {
  readonly generation: number;
  readonly names: readonly string[];
}

/**
 * Which of the server's own kinds a logical cluster is bound to: `workspaces.tenancy.kcp.io`, …, in order of their names. Read from
 * its APIBindings and kept by (cluster, generation); equal answers are the same value.
 */
export class BoundNames {
  readonly #store: Pick<ObjectReader, 'generation' | 'page'>;
  readonly #isOwn: (name: string) => boolean;
  readonly #known = new LRUCache<LogicalCluster, Known>({ max: MOST_CLUSTERS });
  readonly #shared = new LRUCache<string, readonly string[]>({ max: 1_000 });

  constructor(store: Pick<ObjectReader, 'generation' | 'page'>, isOwn: (name: string) => boolean) {
    this.#store = store;
    this.#isOwn = isOwn;
  }

  of(cluster: LogicalCluster): readonly string[] {
    const generation = this.#store.generation({ bucket: apiBindings.bucket, cluster });
    if (generation === 0) return this.#share([]);
    const known = this.#known.get(cluster);
    if (known?.generation === generation) return known.names;
    const names = this.#share([...this.#read(cluster)].sort());
    this.#known.set(cluster, { generation, names });
    return names;
  }

  #read(cluster: LogicalCluster): ReadonlySet<string> {
    const names = new Set<string>();
    let after: string | undefined;
    do {
      const page = this.#store.page({
        bucket: apiBindings.bucket,
        cluster,
        limit: PAGE,
        ...(after !== undefined && { after }),
      });
      for (const stored of page.objects) {
        for (const name of boundNames(stored.decode())) if (this.#isOwn(name)) names.add(name);
      }
      after = page.next;
    } while (after !== undefined);
    return names;
  }

  #share(names: readonly string[]): readonly string[] {
    const key = names.join(',');
    const shared = this.#shared.get(key);
    if (shared !== undefined) return shared;
    this.#shared.set(key, names);
    return names;
  }
}

/** What a binding to one of root's own exports makes available. */
function boundNames(binding: KubeObject): readonly string[] {
  const status = objectAt(binding, 'status');
  if (textAt(status, 'apiExportClusterName') !== root) return [];
  return objectsAt(status, 'boundResources').map((bound) => `${textAt(bound, 'resource')}.${textAt(bound, 'group')}`);
}
