import type { FieldError, KubeObject } from '@kcp/api-machinery';
import { invalid, itemPath } from '@kcp/api-machinery';

/** The finalizer that stands for the deletion of a namespace's content. */
export const KUBERNETES_FINALIZER = 'kubernetes';

const STANDARD: ReadonlySet<string> = new Set([KUBERNETES_FINALIZER, 'orphan', 'foregroundDeletion']);

/** Refuses a finalizer that has no domain and is none of Kubernetes' own. */
export function unqualifiedFinalizer(name: string, path: string): FieldError[] {
  if (name.includes('/') || STANDARD.has(name)) return [];
  return [invalid(path, name, 'name is neither a standard finalizer name nor is it fully qualified')];
}

/** What is wrong with metadata.finalizers beyond what holds for all objects. */
export function finalizerNameErrors({ metadata }: KubeObject): FieldError[] {
  const { finalizers = [] } = metadata;
  return finalizers.flatMap((name, at) => unqualifiedFinalizer(name, itemPath('metadata.finalizers', at)));
}
