import { objectAt, textAt, type KubeObject } from '@kcp/api-machinery';
import { parseName, parsePath, type LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import { resolvePath, storedLogicalCluster, workspaces } from '@kcp/tenancy';
import { LRUCache } from 'lru-cache';

/** How many logical clusters are remembered. */
const MOST_CLUSTERS = 50_000;

interface Known {
  readonly logicalCluster: number;
  readonly workspace: number;
  /** The path that the Workspace names; empty where it inherits from nobody. */
  readonly path: string;
}

/**
 * From which logical cluster another one inherits its custom kinds: what `spec.inheritFrom` of its Workspace names. One hop: what the
 * source inherits itself is not passed on. Kept by the revisions of both objects, so that a change counts at the next request.
 */
export class InheritedFrom {
  readonly #store: Pick<ObjectReader, 'get'>;
  readonly #known = new LRUCache<LogicalCluster, Known>({ max: MOST_CLUSTERS });

  constructor(store: Pick<ObjectReader, 'get'>) {
    this.#store = store;
  }

  /** Undefined where it inherits from nobody, or the source is not there. */
  of(cluster: LogicalCluster): LogicalCluster | undefined {
    const path = parsePath(this.#pathOf(cluster));
    const source = path && resolvePath(this.#store, path);
    return source === cluster || (source && !storedLogicalCluster(this.#store, source)) ? undefined : source;
  }

  /** What was found the last time, without a look at the store. */
  lastOf(cluster: LogicalCluster): LogicalCluster | undefined {
    const path = parsePath(this.#known.get(cluster)?.path ?? '');
    return path && resolvePath(this.#store, path);
  }

  #pathOf(cluster: LogicalCluster): string {
    const own = storedLogicalCluster(this.#store, cluster);
    if (own === undefined) return '';
    const known = this.#known.get(cluster);
    const owner = objectAt(objectAt(own.decode(), 'spec'), 'owner');
    const [parent, name] = [parseName(textAt(owner, 'cluster')), textAt(owner, 'name')];
    const workspace = parent && this.#store.get(workspaces.bucket, { cluster: parent, namespace: '', name });
    const revisions = { logicalCluster: own.revision, workspace: workspace?.revision ?? 0 };
    if (known?.logicalCluster === revisions.logicalCluster && known.workspace === revisions.workspace)
      return known.path;
    const path = workspace ? inheritFrom(workspace.decode()) : '';
    this.#known.set(cluster, { ...revisions, path });
    return path;
  }
}

/** `spec.inheritFrom` of a Workspace; empty where it names nothing. */
export function inheritFrom(workspace: KubeObject): string {
  return textAt(objectAt(workspace, 'spec'), 'inheritFrom');
}
