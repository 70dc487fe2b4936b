import { unlessOvertaken } from '@kcp/apiserver';
import type { GroupResource, JsonObject, KubeObject } from '@kcp/api-machinery';
import { equal, objectAt } from '@kcp/api-machinery';
import type { Reconcile, ReconcileKey } from '@kcp/controller';
import { done } from '@kcp/controller';
import type { FollowedChange, ObjectReader } from '@kcp/object-store';
import { countedNames, countedResource, countsObjects, hardLimits, quotaBucket } from '../quota/quota-counts.ts';
import { countedNamespace, quotasOver } from '../quota/quota-reach.ts';
import type { ListResources, ReconcileDeps } from './deps.ts';

/** What the usage of quotas is made of. */
export interface QuotaStatusDeps extends ReconcileDeps {
  readonly store: Pick<ObjectReader, 'get' | 'page' | 'count' | 'generation'>;
  readonly resources: ListResources;
}

const nothing: readonly ReconcileKey[] = [];

/** The quotas that a change concerns: itself, or those that counted what went. */
export function quotaKeys(store: QuotaStatusDeps['store'], { kind, object }: FollowedChange): readonly ReconcileKey[] {
  const { cluster, namespace } = object.key;
  const { bucket } = object;
  if (bucket.resource === quotaBucket.resource && bucket.group === '' && kind === 'put') return [object.key];
  if (kind !== 'delete') return nothing;
  const names = countedNames(bucket);
  return quotasOver(store, { cluster, namespace })
    .filter(({ quota }) => {
      const limits = hardLimits(quota);
      return names.some((name) => limits.has(name));
    })
    .map(({ stored }) => stored.key);
}

/**
 * Keeps status.hard what the spec says and status.used what is there (kube-controller-manager's resource quota controller). A
 * quota that grew since it was read is counted anew, so that a creation is never forgotten.
 */
export function quotaStatus({ store, writer, resources }: QuotaStatusDeps): Reconcile {
  return async (key) => {
    const stored = store.get(quotaBucket, key);
    if (stored === undefined) return done;
    const served = servedResources(resources(key.cluster));
    const address = { ...key, resource: { ...quotaBucket, version: 'v1' } };
    const counted = (old: KubeObject): KubeObject => {
      const status = usage(old, { store, served, key });
      return equal(objectAt(old, 'status'), status) ? old : { ...old, status };
    };
    await unlessOvertaken(writer.update(address, counted, 'status'));
    return done;
  };
}

type Served = ReadonlyMap<string, GroupResource>;

function servedResources(resources: ReturnType<ListResources>): Served {
  return new Map(resources.map(({ gvr, bucket }) => [`${gvr.resource}.${gvr.group}`, bucket]));
}

function usage(
  quota: KubeObject,
  {
    store,
    served,
    key,
  }: { readonly store: QuotaStatusDeps['store']; readonly served: Served; readonly key: ReconcileKey },
): JsonObject {
  const hard = objectAt(objectAt(quota, 'spec'), 'hard');
  const used: Record<string, string> = {};
  const namespace = countedNamespace(quota);
  for (const name of countsObjects(quota) ? Object.keys(hard) : []) {
    const resource = countedResource(name);
    const bucket = resource && served.get(`${resource.resource}.${resource.group}`);
    if (bucket === undefined) continue;
    used[name] = String(store.count({ bucket, cluster: key.cluster, namespace }));
  }
  return { hard, ...(Object.keys(used).length > 0 && { used }) };
}
