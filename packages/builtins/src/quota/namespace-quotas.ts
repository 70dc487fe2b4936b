import {
  addQuantities,
  compareQuantities,
  forbiddenResource,
  formatQuantity,
  quantityOf,
  objectAt,
} from '@kcp/api-machinery';
import type { GroupVersionResource, JsonObject, KubeObject, Quantity } from '@kcp/api-machinery';
import type { ObjectAddress, PreparedWrite, Quota, Reservation, WriteRequest } from '@kcp/apiserver';
import type { ObjectReader, Selection } from '@kcp/object-store';
import { KeyedLock } from './keyed-lock.ts';
import { countedNames, countsObjects, hardLimits, quotaBucket, usedAmount } from './quota-counts.ts';

/** What quotas need of the world around them. */
export interface NamespaceQuotasDeps {
  readonly store: ObjectReader;
  /** Takes a change of a quota's status through the write path, up to the commit. */
  readonly prepare: (
    address: ObjectAddress,
    change: (old: KubeObject) => KubeObject,
  ) => Promise<PreparedWrite | undefined>;
}

/** More quotas than this in one namespace are not looked at. */
const MAX_QUOTAS = 100;

const ONE = quantityOf(1);
const quotaResource: GroupVersionResource = { ...quotaBucket, version: 'v1' };

/**
 * Counts what is created against the quotas of its namespace (kube-apiserver's ResourceQuota admission): used grows in the commit
 * of the object itself, so that no number of writers gets beyond a limit. Deletions are given back by the controller.
 */
export function namespaceQuotas({ store, prepare }: NamespaceQuotasDeps): Quota {
  const lock = new KeyedLock();
  return {
    reserve: (request) => {
      const { resource, context } = request;
      const selection = { bucket: quotaBucket, cluster: context.cluster, namespace: context.namespace };
      if (!resource.namespaced || store.generation(selection) === 0) return undefined;
      if (store.page({ ...selection, limit: 1 }).objects.length === 0) return undefined;
      return reserve(request, { store, prepare, lock, selection });
    },
  };
}

interface Parts extends NamespaceQuotasDeps {
  readonly lock: KeyedLock;
  readonly selection: Selection & { readonly cluster: ObjectAddress['cluster'] };
}

async function reserve(request: WriteRequest, { store, prepare, lock, selection }: Parts): Promise<Reservation> {
  const inside = await lock.enter(`${selection.cluster}/${selection.namespace}`);
  try {
    const companions: PreparedWrite[] = [];
    for (const stored of store.page({ ...selection, limit: MAX_QUOTAS }).objects) {
      const quota = stored.decode();
      const claims = claimsOn(quota, request, store);
      if (claims.length === 0) continue;
      refuseExcess(quota, claims, request);
      const address = { ...stored.key, resource: quotaResource };
      const companion = await prepare(address, (old) => withUsed(old, claims));
      if (companion !== undefined) companions.push(companion);
    }
    return { companions, [Symbol.dispose]: () => inside[Symbol.dispose]() };
  } catch (error) {
    inside[Symbol.dispose]();
    throw error;
  }
}

/** One more of something that a quota limits. */
interface Claim {
  readonly name: string;
  readonly used: Quantity;
  readonly limit: Quantity;
}

function claimsOn(quota: KubeObject, { resource, context }: WriteRequest, store: ObjectReader): readonly Claim[] {
  if (!countsObjects(quota) || quota.metadata.deletionTimestamp !== undefined) return [];
  const limits = hardLimits(quota);
  return countedNames(resource.gvr).flatMap((name) => {
    const limit = limits.get(name);
    if (limit === undefined) return [];
    const { cluster, namespace } = context;
    const used = usedAmount(quota, name) ?? quantityOf(store.count({ bucket: resource.bucket, cluster, namespace }));
    return [{ name, used, limit }];
  });
}

function refuseExcess(quota: KubeObject, claims: readonly Claim[], { resource, context }: WriteRequest): void {
  const exceeded = claims.filter(({ used, limit }) => compareQuantities(addQuantities(used, ONE), limit) > 0);
  if (exceeded.length === 0) return;
  const show = (amount: (claim: Claim) => Quantity): string =>
    exceeded.map((claim) => `${claim.name}=${formatQuantity(amount(claim))}`).join(',');
  const why = `exceeded quota: ${quota.metadata.name ?? ''}, requested: ${show(() => ONE)}, used: ${show(({ used }) => used)}, limited: ${show(({ limit }) => limit)}`;
  throw forbiddenResource(resource.gvr, context.name, why);
}

function withUsed(quota: KubeObject, claims: readonly Claim[]): KubeObject {
  const status = objectAt(quota, 'status');
  const hard: Record<string, string> = {};
  const used: Record<string, string> = {};
  for (const claim of claims) {
    hard[claim.name] = formatQuantity(claim.limit);
    used[claim.name] = formatQuantity(addQuantities(claim.used, ONE));
  }
  const next: JsonObject = {
    ...status,
    hard: { ...objectAt(status, 'hard'), ...hard },
    used: { ...objectAt(status, 'used'), ...used },
  };
  return { ...quota, status: next };
}
