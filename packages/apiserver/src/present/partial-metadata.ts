import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import type { Transformation } from '../media/negotiate.ts';

/** The metadata of an object as a PartialObjectMetadata (metav1). */
export function partialMetadata(object: KubeObject, version: Transformation['version']): JsonObject {
  return {
    kind: 'PartialObjectMetadata',
    apiVersion: `meta.k8s.io/${version}`,
    metadata: object.metadata,
  };
}

/** The metadata of a list's objects as a PartialObjectMetadataList. */
export function partialMetadataList(
  objects: readonly KubeObject[],
  metadata: JsonObject,
  version: Transformation['version'],
): JsonObject {
  return {
    kind: 'PartialObjectMetadataList',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    items: objects.map((object) => partialMetadata(object, version)),
  };
}
