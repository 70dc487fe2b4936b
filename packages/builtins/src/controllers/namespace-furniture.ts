import { unlessOvertaken } from '@kcp/apiserver';
import type { GroupVersionResource, JsonObject, KubeObject } from '@kcp/api-machinery';
import { equal, objectAt, stringifyJson } from '@kcp/api-machinery';
import type { Reconcile, ReconcileKey } from '@kcp/controller';
import { done } from '@kcp/controller';
import type { FollowedChange } from '@kcp/object-store';
import type { Bucket } from '@kcp/object-store';
import { namespaceBucket } from '../core/namespace.ts';
import { serviceAccountBucket } from '../core/service-account.ts';
import type { ReconcileDeps } from './deps.ts';

/** The account that every namespace has. */
const DEFAULT_ACCOUNT = 'default';
/** The ConfigMap with the certificates of the server that every namespace has. */
const ROOT_CERTIFICATES = 'kube-root-ca.crt';
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

const configMapBucket: Bucket = { group: '', resource: 'configmaps' };

/** An object that every namespace has. */
export interface Furniture {
  readonly resource: GroupVersionResource;
  readonly object: Omit<KubeObject, 'apiVersion' | 'kind'>;
}

/** All that a namespace is furnished with; `rootCertificates` are PEM. */
export function furnitureOf(namespace: string, rootCertificates: string): readonly Furniture[] {
  return [account(namespace), certificates(namespace, rootCertificates)];
}

function account(namespace: string): Furniture {
  const resource = { ...serviceAccountBucket, version: 'v1' };
  return { resource, object: { metadata: { name: DEFAULT_ACCOUNT, namespace } } };
}

function certificates(namespace: string, rootCertificates: string): Furniture {
  const annotations = { 'kubernetes.io/description': DESCRIPTION };
  const metadata = { name: ROOT_CERTIFICATES, namespace, annotations };
  return {
    resource: { ...configMapBucket, version: 'v1' },
    object: { metadata, data: { 'ca.crt': rootCertificates } },
  };
}

/** The buckets whose changes may ask for furniture to be put right. */
export const furnitureBuckets: readonly Bucket[] = [namespaceBucket, serviceAccountBucket, configMapBucket];

/** What the furniture is made of. */
export interface FurnitureDeps extends ReconcileDeps {
  /** PEM. */
  readonly rootCertificates: string;
}

/** The namespace that a change concerns: its own, or the one whose furniture it touched. */
export function furnitureKeys({ kind, object }: FollowedChange): readonly ReconcileKey[] {
  const { cluster, namespace, name } = object.key;
  if (namespace === '') return kind === 'put' ? [{ cluster, namespace: '', name }] : [];
  const { resource } = object.bucket;
  const isAccount = resource === serviceAccountBucket.resource && name === DEFAULT_ACCOUNT && kind === 'delete';
  const isCertificates = resource === configMapBucket.resource && name === ROOT_CERTIFICATES;
  return isAccount || isCertificates ? [{ cluster, namespace: '', name: namespace }] : [];
}

async function ensureAccount(
  { store, writer }: ReconcileDeps,
  { cluster, name: namespace }: ReconcileKey,
): Promise<void> {
  const key = { cluster, namespace, name: DEFAULT_ACCOUNT };
  if (store.get(serviceAccountBucket, key) !== undefined) return;
  const { resource, object } = account(namespace);
  await unlessOvertaken(writer.create({ cluster, resource, namespace }, object));
}

/**
 * How the JSON of a ConfigMap ends that has these data and no member after them. Nothing else ends so: a quote that is not escaped
 * belongs to no text, and two braces close the data and the object. So most need not be parsed.
 */
function endingOf(data: JsonObject): Buffer {
  return Buffer.from(`,"data":${stringifyJson(data)}}`);
}

async function ensureCertificates(
  deps: FurnitureDeps,
  { cluster, name: namespace }: ReconcileKey,
  ending: Buffer,
): Promise<void> {
  const data = { 'ca.crt': deps.rootCertificates };
  const key = { cluster, namespace, name: ROOT_CERTIFICATES };
  const { resource, object } = certificates(namespace, deps.rootCertificates);
  const stored = deps.store.get(configMapBucket, key);
  if (stored === undefined) {
    await unlessOvertaken(deps.writer.create({ cluster, resource, namespace }, object));
    return;
  }
  if (stored.json().subarray(-ending.length).equals(ending) || equal(objectAt(stored.decode(), 'data'), data)) return;
  const putRight = (old: KubeObject): KubeObject => (equal(objectAt(old, 'data'), data) ? old : { ...old, data });
  await unlessOvertaken(deps.writer.update({ ...key, resource }, putRight));
}

/** Gives every namespace its default account and the root certificates, and puts them right when they are touched. */
export function namespaceFurniture(deps: FurnitureDeps): Reconcile {
  const ending = endingOf({ 'ca.crt': deps.rootCertificates });
  return async (key) => {
    const namespace = deps.store.get(namespaceBucket, { ...key, namespace: '' });
    if (namespace === undefined || namespace.isTerminating) return done;
    await ensureAccount(deps, key);
    await ensureCertificates(deps, key, ending);
    return done;
  };
}
