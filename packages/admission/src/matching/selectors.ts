import { matchesLabels, notFound, type KubeObject, type LabelSelector, type LabelSet } from '@kcp/api-machinery';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { AdmissionAttributes } from '../admission.ts';

/** A namespace of a logical cluster as it is stored; undefined where there is none. */
export type FindNamespace = (cluster: LogicalCluster, name: string) => KubeObject | undefined;

/**
 * Whether the namespace that a request is about is selected; what is in no namespace always is. Of a namespace that is made or
 * changed its new labels count. Throws NotFound where there is no such namespace (k8s.io/apiserver webhook predicates/namespace).
 */
export function matchesNamespace(
  selector: LabelSelector,
  attributes: AdmissionAttributes,
  find: FindNamespace,
): boolean {
  const isNamespace = attributes.resource.resource === 'namespaces';
  if (attributes.namespace === '' && !isNamespace) return true;
  if (selector.requirements.length === 0) return true;
  return matchesLabels(selector, namespaceLabels(attributes, isNamespace, find));
}

function namespaceLabels(
  { operation, subresource, object, cluster, namespace }: AdmissionAttributes,
  isNamespace: boolean,
  find: FindNamespace,
): LabelSet | undefined {
  if (isNamespace && subresource === '' && (operation === 'CREATE' || operation === 'UPDATE'))
    return object?.metadata.labels;
  const found = find(cluster, namespace);
  if (found === undefined) throw notFound({ group: '', resource: 'namespaces' }, namespace);
  return found.metadata.labels;
}

/** Whether the object, as it was or as it will be, is selected (k8s.io/apiserver webhook predicates/object). */
export function matchesObject(selector: LabelSelector, { object, oldObject }: AdmissionAttributes): boolean {
  if (selector.requirements.length === 0) return true;
  return [object, oldObject].some((one) => one !== undefined && matchesLabels(selector, one.metadata.labels));
}
