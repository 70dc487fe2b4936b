import { objectAt, optionalObjectAt, parseApiVersion, textAt, type KubeObject } from '@kcp/api-machinery';
import type { ServedResource } from '@kcp/apiserver';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader, StoredObject } from '@kcp/object-store';
import type { ListStored } from '../content/content.ts';

/** Which object says where a mounted workspace is: Workspace's spec.mount.ref. */
export interface MountReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** The reference of a Workspace that is mounted; undefined for one that is not. */
export function mountReference(workspace: KubeObject): MountReference | undefined {
  const mount = optionalObjectAt(objectAt(workspace, 'spec'), 'mount');
  if (mount === undefined) return undefined;
  const ref = objectAt(mount, 'ref');
  return {
    apiVersion: textAt(ref, 'apiVersion'),
    kind: textAt(ref, 'kind'),
    namespace: textAt(ref, 'namespace'),
    name: textAt(ref, 'name'),
  };
}

/** True where a reference names an object. The version does not count: it is one object in all of them. */
export function refersTo(reference: MountReference, { apiVersion, kind, metadata }: KubeObject): boolean {
  return (
    reference.kind === kind &&
    reference.name === metadata.name &&
    reference.namespace === (metadata.namespace ?? '') &&
    parseApiVersion(reference.apiVersion)?.group === parseApiVersion(apiVersion)?.group
  );
}

/** The object that a reference names in the Workspace's own logical cluster; undefined where there is none, or nothing serves its kind. */
export function mountObject(
  { store, listStored }: { readonly store: Pick<ObjectReader, 'get'>; readonly listStored: ListStored },
  cluster: LogicalCluster,
  reference: MountReference,
): StoredObject | undefined {
  const group = parseApiVersion(reference.apiVersion)?.group;
  const isOfKind = ({ gvr, kind }: ServedResource): boolean => gvr.group === group && kind === reference.kind;
  const resource = listStored(cluster).find(isOfKind);
  const namespace = resource?.namespaced === true ? reference.namespace : '';
  return resource && store.get(resource.bucket, { cluster, namespace, name: reference.name });
}
