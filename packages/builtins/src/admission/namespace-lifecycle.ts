import type { AdmissionAttributes, AdmissionPlugin } from '@kcp/admission';
import { ApiError, forbiddenResource, notFound } from '@kcp/api-machinery';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import { namespaceBucket, namespacePhase } from '../core/namespace.ts';

/** Namespaces that cannot be deleted. */
const IMMORTAL: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);

function isNamespace({ resource }: AdmissionAttributes): boolean {
  return resource.group === '' && resource.resource === 'namespaces';
}

function ending(attributes: AdmissionAttributes): ApiError {
  const { namespace, name, resource, object } = attributes;
  const shown = name === '' ? (object?.metadata.generateName ?? 'Unknown') : name;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  const { message, details } = forbiddenResource(resource, shown, why);
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  };
  return new ApiError('Forbidden', message, { details: { ...details, causes: [cause] } });
}

function checkCreate(
  store: ObjectReader,
  attributes: AdmissionAttributes,
  isOwn: (user: AdmissionAttributes['user']) => boolean,
): void {
  const { operation, namespace, cluster } = attributes;
  if (operation !== 'CREATE' || namespace === '' || attributes.subresource !== '' || isNamespace(attributes)) return;
  const stored = store.get(namespaceBucket, { cluster, namespace: '', name: namespace });
  if (stored === undefined) {
    // what the server makes may come in one commit with its namespace; that one is there is a condition of the commit
    if (isOwn(attributes.user)) return;
    throw notFound(namespaceBucket, namespace);
  }
  // the phase says so only of what is being deleted: else nothing has to be decoded
  if (stored.isTerminating && namespacePhase(stored.decode()) === 'Terminating') throw ending(attributes);
}

/**
 * Nothing is created in a namespace that is not there or on its way out, and some namespaces stay
 * (k8s.io/apiserver NamespaceLifecycle). Asked before validation, as the original is. In a logical cluster that ends all namespaces
 * may be deleted (kcp's WorkspaceNamespaceLifecycle).
 */
export function namespaceLifecycle(
  store: ObjectReader,
  isEnding: (cluster: LogicalCluster) => boolean = () => false,
  isOwn: (user: AdmissionAttributes['user']) => boolean = () => false,
): AdmissionPlugin {
  return {
    name: 'NamespaceLifecycle',
    mutate: (attributes) => {
      checkCreate(store, attributes, isOwn);
      return attributes.object;
    },
    validate: (attributes) => {
      const { operation, name, subresource, cluster } = attributes;
      if (operation !== 'DELETE' || subresource !== '' || !isNamespace(attributes) || !IMMORTAL.has(name)) return;
      if (isEnding(cluster)) return;
      throw forbiddenResource(namespaceBucket, name, 'this namespace may not be deleted');
    },
  };
}
