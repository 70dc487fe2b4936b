import { objectAt, objectsAt, own, textAt, type KubeObject } from '@kcp/api-machinery';
import type { BoundExport, BoundExportLookup } from '@kcp/auth';
import { parseName, parsePath, type LogicalCluster } from '@kcp/logical-cluster';
import type { Bucket, ObjectReader } from '@kcp/object-store';
import { apiBindings, resolvePath } from '@kcp/tenancy';
import { LRUCache } from 'lru-cache';
import { exportReference } from '../exports/own-export.ts';

type Store = Pick<ObjectReader, 'generation' | 'get' | 'page'>;
type Export = Pick<BoundExport, 'cluster' | 'name'>;
type ByResource = ReadonlyMap<string, Export>;

const exportsBucket: Bucket = { group: 'apis.kcp.io', resource: 'apiexports' };
/** How much may be remembered of which logical cluster has what from where, by estimate. */
const BINDINGS_BYTES = 16 * 1024 * 1024;
const RESOURCE_BYTES = 300;
/** Of so many exports it is remembered whether they bound their consumers. */
const MOST_EXPORTS = 10_000;
const PAGE = 500;

/**
 * Finds the export that a logical cluster has a resource from, and whether it bounds its consumers: from APIBindings and APIExports,
 * whose answers are kept by (logical cluster, generation), so that a policy counts from the next request on.
 */
export function boundExports(store: Store): BoundExportLookup {
  const known = new LRUCache<LogicalCluster, { readonly generation: number; readonly exports: ByResource }>({
    maxSize: BINDINGS_BYTES,
    maxEntrySize: BINDINGS_BYTES / 4,
    sizeCalculation: ({ exports }) => RESOURCE_BYTES * (1 + exports.size),
  });
  const policyOf = policies(store);
  return (cluster, { group, resource }) => {
    const generation = store.generation({ bucket: apiBindings.bucket, cluster });
    if (generation === 0) return undefined;
    let entry = known.get(cluster);
    if (entry?.generation !== generation) {
      entry = { generation, exports: readExports(store, cluster) };
      known.set(cluster, entry);
    }
    const found = entry.exports.get(`${resource}.${group}`);
    return found && { ...found, policy: policyOf(found) };
  };
}

function readExports(store: Store, cluster: LogicalCluster): ByResource {
  const exports = new Map<string, Export>();
  let after: string | undefined;
  do {
    const page = store.page({
      bucket: apiBindings.bucket,
      cluster,
      limit: PAGE,
      ...(after !== undefined && { after }),
    });
    for (const stored of page.objects) note(store, { binding: stored.decode(), cluster, exports });
    after = page.next;
  } while (after !== undefined);
  return exports;
}

interface Reading {
  readonly binding: KubeObject;
  readonly cluster: LogicalCluster;
  readonly exports: Map<string, Export>;
}

function note(store: Store, { binding, cluster, exports }: Reading): void {
  const status = objectAt(binding, 'status');
  const bound = objectsAt(status, 'boundResources');
  if (bound.length === 0) return;
  const { path, name } = exportReference(binding);
  const home = parseName(textAt(status, 'apiExportClusterName')) ?? homeOf(store, path, cluster);
  if (home === undefined) return;
  for (const item of bound)
    exports.set(`${textAt(item, 'resource')}.${textAt(item, 'group')}`, { cluster: home, name });
}

/** An empty path means the binding's own logical cluster. */
function homeOf(store: Store, text: string, own: LogicalCluster): LogicalCluster | undefined {
  const path = parsePath(text);
  return text === '' ? own : path && resolvePath(store, path);
}

function policies(store: Store): (of: Export) => BoundExport['policy'] {
  const known = new LRUCache<string, { readonly generation: number; readonly policy: BoundExport['policy'] }>({
    max: MOST_EXPORTS,
  });
  return ({ cluster, name }) => {
    const key = `${cluster}|${name}`;
    const generation = store.generation({ bucket: exportsBucket, cluster });
    const entry = known.get(key);
    if (entry?.generation === generation) return entry.policy;
    const policy = readPolicy(store.get(exportsBucket, { cluster, namespace: '', name })?.decode());
    known.set(key, { generation, policy });
    return policy;
  };
}

function readPolicy(object: KubeObject | undefined): BoundExport['policy'] {
  if (object === undefined) return 'gone';
  const policy = own(objectAt(object, 'spec'), 'maximalPermissionPolicy');
  if (policy === undefined || policy === null) return 'none';
  const local = own(objectAt(objectAt(object, 'spec'), 'maximalPermissionPolicy'), 'local');
  return local === undefined || local === null ? 'other' : 'local';
}
