import type { LogicalCluster } from '@kcp/logical-cluster';
import { parseGoBool, type KubeObject } from '@kcp/api-machinery';
import type { ObjectReader, Selection, StoredObject } from '@kcp/object-store';
import { quotaBucket } from './quota-counts.ts';

/** Quotas of this namespace may count a whole logical cluster (kcp). */
const ADMIN_NAMESPACE = 'admin';

const CLUSTER_WIDE = 'experimental.quota.kcp.io/cluster-scoped';

/** More quotas than this in one namespace are not looked at. */
const MAX_QUOTAS = 100;

/** The namespace whose objects a quota counts; empty where it counts those of the whole logical cluster, without a namespace included. */
export function countedNamespace({ metadata }: KubeObject): string {
  const { namespace = '', annotations } = metadata;
  const isClusterWide = namespace === ADMIN_NAMESPACE && parseGoBool(annotations?.[CLUSTER_WIDE] ?? '') === true;
  return isClusterWide ? '' : namespace;
}

/** A quota, read. */
export interface FoundQuota {
  readonly stored: StoredObject;
  readonly quota: KubeObject;
}

/** The quotas that count objects of a namespace; for objects without one, those of the whole logical cluster. */
export function quotasOver(
  store: Pick<ObjectReader, 'page' | 'generation'>,
  { cluster, namespace }: { readonly cluster: LogicalCluster; readonly namespace: string },
): readonly FoundQuota[] {
  if (store.generation({ bucket: quotaBucket, cluster }) === 0) return [];
  const places = new Set([namespace, ADMIN_NAMESPACE].filter((place) => place !== ''));
  return [...places].flatMap((place) => {
    const selection: Selection = { bucket: quotaBucket, cluster, namespace: place };
    if (store.generation(selection) === 0) return [];
    const found = store.page({ ...selection, limit: MAX_QUOTAS }).objects;
    return found
      .map((stored) => ({ stored, quota: stored.decode() }))
      .filter(({ quota }) => ['', namespace].includes(countedNamespace(quota)));
  });
}
