import { unlessOvertaken } from '@kcp/apiserver';
import { objectAt, textAt } from '@kcp/api-machinery';
import type { KubeObject } from '@kcp/api-machinery';
import { utcDate } from '@kcp/auth';
import type { Clock } from '@kcp/controller';
import { root } from '@kcp/logical-cluster';
import type { Bucket } from '@kcp/object-store';
import { namespaceBucket } from '../core/namespace.ts';
import type { ReconcileDeps } from './deps.ts';

const configMapBucket: Bucket = { group: '', resource: 'configmaps' };
/** Where it says since when uses of tokens in Secrets are noted; kube-apiserver's name for it. */
const TRACKING = {
  cluster: root,
  namespace: 'kube-system',
  name: 'kube-apiserver-legacy-service-account-token-tracking',
};
const address = { ...TRACKING, resource: { ...configMapBucket, version: 'v1' } };
const DATE = /^\d{4}-\d\d-\d\d$/;

/** A day as the labels have it, in milliseconds since 1970; undefined for a text that is none. */
export function timeOfDate(text: string | undefined): number | undefined {
  const time = text !== undefined && DATE.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/**
 * Since when uses of tokens in Secrets are noted, in milliseconds since 1970, for all logical clusters: the ConfigMap that says so
 * in `root` is made where it is missing, and begins anew where it says no date (pkg/controlplane legacytokentracking). Undefined
 * before `root` has a namespace kube-system.
 */
export async function trackLegacyTokens({
  store,
  writer,
  clock,
}: ReconcileDeps & { readonly clock: Pick<Clock, 'now'> }): Promise<number | undefined> {
  const { cluster, namespace } = TRACKING;
  const found = store.get(configMapBucket, TRACKING)?.decode();
  const since = found && sinceOf(found);
  if (since !== undefined) return since;
  if (!store.get(namespaceBucket, { cluster, namespace: '', name: namespace })) return undefined;
  const data = { since: utcDate(clock.now()) };
  const written =
    found === undefined
      ? writer.create(address, { metadata: { name: TRACKING.name, namespace }, data })
      : writer.update(address, (old) => (sinceOf(old) === undefined ? { ...old, data } : old));
  const tracking = await unlessOvertaken(written);
  return tracking && sinceOf(tracking);
}

function sinceOf(tracking: KubeObject): number | undefined {
  return timeOfDate(textAt(objectAt(tracking, 'data'), 'since'));
}
