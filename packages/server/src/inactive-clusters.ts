import { forbiddenResource } from '@kcp/api-machinery';
import type { Exchange, WatchDefinitions } from '@kcp/apiserver';
import { wildcard, type LogicalCluster, type Wildcard } from '@kcp/logical-cluster';
import type { ObjectChange, ObjectReader, Watch } from '@kcp/object-store';
import { isInactive, logicalClusters, type ClusterLookup } from '@kcp/tenancy';

/** What stays open of an inactive logical cluster, that it can be activated again (kcp's WithBlockInactiveLogicalClusters). */
const OPEN_PATHS = ['/openapi', '/apis/core.kcp.io/v1alpha1/logicalclusters'];

/** Refuses what goes to a logical cluster that is marked inactive, whoever asks. Throws Forbidden. */
export function refuseInactive(clusters: ClusterLookup): (exchange: Exchange) => void {
  return ({ cluster, path }) => {
    if (typeof cluster !== 'string' || clusters(cluster)?.isInactive !== true) return;
    if (OPEN_PATHS.some((open) => path.startsWith(open))) return;
    throw forbiddenResource(logicalClusters.resource, cluster, 'logical cluster is marked inactive');
  };
}

/** What watches of inactive logical clusters are ended by. */
export interface InactiveWatchParts {
  readonly store: Pick<ObjectReader, 'head' | 'watch'>;
  readonly clusters: ClusterLookup;
  /** What else ends watches. */
  readonly definitions: WatchDefinitions;
}

/**
 * Ends watches of a logical cluster when it is marked inactive, and those of all logical clusters, which might show it. Those of
 * LogicalCluster objects go on. One watch of the store for all of them, as long as there are any.
 */
export function endingWhenInactive(parts: InactiveWatchParts): WatchDefinitions {
  const running = new RunningWatches(parts.store);
  return {
    follow: (target, changed) => {
      const { cluster, resource } = target;
      if (isSame(resource.bucket, logicalClusters.bucket)) return parts.definitions.follow(target, changed);
      const stack = new DisposableStack();
      stack.use(parts.definitions.follow(target, changed));
      stack.use(running.add(cluster, changed));
      // it may have been marked between the check of the request and now
      if (typeof cluster === 'string' && parts.clusters(cluster)?.isInactive) queueMicrotask(changed);
      return stack;
    },
  };
}

function isSame(
  one: { readonly group: string; readonly resource: string },
  other: { readonly group: string; readonly resource: string },
): boolean {
  return one.group === other.group && one.resource === other.resource;
}

type Scope = LogicalCluster | Wildcard;

/** Stands for all logical clusters among the keys below. */
const ALL = '*';

/** The watches under way by where they look. */
class RunningWatches {
  readonly #store: InactiveWatchParts['store'];
  readonly #ends = new Map<string, Set<() => void>>();
  #following: Watch | undefined;

  constructor(store: InactiveWatchParts['store']) {
    this.#store = store;
  }

  add(cluster: Scope, end: () => void): Disposable {
    const key = typeof cluster === 'string' ? cluster : ALL;
    const ends = this.#ends.get(key) ?? new Set();
    ends.add(end);
    this.#ends.set(key, ends);
    this.#following ??= this.#follow();
    return { [Symbol.dispose]: () => this.#remove(key, end) };
  }

  #remove(key: string, end: () => void): void {
    const ends = this.#ends.get(key);
    ends?.delete(end);
    if (ends?.size === 0) this.#ends.delete(key);
    if (this.#ends.size > 0) return;
    this.#following?.[Symbol.dispose]();
    this.#following = undefined;
  }

  #follow(): Watch {
    const { bucket } = logicalClusters;
    const listener = {
      event: (change: ObjectChange) => this.#see(change),
      progress: () => {},
      lost: () => this.#lost(),
    };
    return this.#store.watch({ bucket, cluster: wildcard, after: this.#store.head() }, listener);
  }

  #see({ kind, object, previous }: ObjectChange): void {
    const { cluster } = object.key;
    if (kind === 'delete' || !(this.#ends.has(cluster) || this.#ends.has(ALL))) return;
    if (!isInactive(object.decode()) || (previous && isInactive(previous.decode()))) return;
    this.#end(cluster);
    this.#end(ALL);
  }

  /** Something may have been missed: all watches begin anew. */
  #lost(): void {
    this.#following = undefined;
    for (const key of [...this.#ends.keys()]) this.#end(key);
  }

  #end(key: string): void {
    for (const end of [...(this.#ends.get(key) ?? [])]) end();
  }
}
