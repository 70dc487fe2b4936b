import {
  addQuantities,
  compareQuantities,
  forbiddenResource,
  formatQuantity,
  quantityOf,
  objectAt,
} from '@kcp/api-machinery';
import type { GroupVersionResource, JsonObject, KubeObject, Quantity } from '@kcp/api-machinery';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectAddress, PreparedWrite, Quota, Reservation, WriteRequest } from '@kcp/apiserver';
import type { ObjectReader } from '@kcp/object-store';
import { KeyedLock } from './keyed-lock.ts';
import { countedNames, countsObjects, hardLimits, quotaBucket, usedAmount } from './quota-counts.ts';
import { countedNamespace, quotasOver, type FoundQuota } from './quota-reach.ts';

/** What quotas need of the world around them. */
export interface ObjectQuotasDeps {
  readonly store: ObjectReader;
  /** Takes a change of a quota's status through the write path, up to the commit. */
  readonly prepare: (
    address: ObjectAddress,
    change: (old: KubeObject) => KubeObject,
  ) => Promise<PreparedWrite | undefined>;
}

const ONE = quantityOf(1);
const quotaResource: GroupVersionResource = { ...quotaBucket, version: 'v1' };

/**
 * Counts what is created against the quotas of its namespace (kube-apiserver's ResourceQuota admission) and those of its whole
 * logical cluster (kcp's): used grows in the commit of the object itself, so that no number of writers gets beyond a limit.
 * Deletions are given back by the controller.
 */
export function objectQuotas({ store, prepare }: ObjectQuotasDeps): Quota {
  const lock = new KeyedLock();
  return {
    reserve: (request) => {
      const found = quotasOver(store, placeOf(request));
      return found.length === 0 ? undefined : reserve(request, { store, prepare, lock, found });
    },
  };
}

function placeOf({ resource, context }: WriteRequest): { cluster: LogicalCluster; namespace: string } {
  return { cluster: context.cluster, namespace: resource.namespaced ? context.namespace : '' };
}

interface Parts extends ObjectQuotasDeps {
  readonly lock: KeyedLock;
  readonly found: readonly FoundQuota[];
}

async function reserve(request: WriteRequest, { store, prepare, lock, found }: Parts): Promise<Reservation> {
  const place = placeOf(request);
  const inside = new DisposableStack();
  try {
    for (const key of lockKeys(found)) inside.use(await lock.enter(key));
    const companions: PreparedWrite[] = [];
    // what was found before the wait may have been counted up meanwhile
    for (const { stored, quota } of quotasOver(store, place)) {
      const claims = claimsOn(quota, request, store);
      if (claims.length === 0) continue;
      refuseExcess(quota, claims, request);
      const address = { ...stored.key, resource: quotaResource };
      const companion = await prepare(address, (old) => withUsed(old, claims));
      if (companion !== undefined) companions.push(companion);
    }
    return { companions, [Symbol.dispose]: () => inside.dispose() };
  } catch (error) {
    inside.dispose();
    throw error;
  }
}

/** One for each namespace whose quotas count, in an order that all writers keep: nobody waits for who waits for him. */
function lockKeys(found: readonly FoundQuota[]): readonly string[] {
  return [...new Set(found.map(({ stored }) => `${stored.key.cluster}/${stored.key.namespace}`))].sort();
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
  const { cluster } = context;
  const namespace = countedNamespace(quota);
  return countedNames(resource.gvr).flatMap((name) => {
    const limit = limits.get(name);
    if (limit === undefined) return [];
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
