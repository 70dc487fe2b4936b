import type { KubeObject, OwnerReference } from '@kcp/api-machinery';
import type { WriteContext } from '../served-resource.ts';

const WARNING =
  '.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ';

/** Names every owner once; who is named twice is told of in a warning (k8s.io/apiserver rest dedupOwnerReferencesAndAddWarning). */
export function dedupOwnerReferences(object: KubeObject, context: WriteContext): KubeObject {
  const { ownerReferences: all } = object.metadata;
  if (all === undefined || all.length < 2) return object;
  const seen = new Set<string>();
  const twice = new Set<string>();
  const kept: OwnerReference[] = [];
  for (const reference of all) {
    const key = JSON.stringify([
      reference.apiVersion,
      reference.kind,
      reference.name,
      reference.uid,
      reference.controller,
      reference.blockOwnerDeletion,
    ]);
    if (seen.has(key)) twice.add(reference.uid);
    else kept.push(reference);
    seen.add(key);
  }
  if (twice.size === 0) return object;
  context.warn(WARNING + [...twice].join(', '));
  return { ...object, metadata: { ...object.metadata, ownerReferences: kept } };
}
