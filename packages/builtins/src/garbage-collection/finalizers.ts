import type { KubeObject } from '@kcp/api-machinery';
import type { StoredObject } from '@kcp/object-store';

/** The collector's own finalizers: it alone takes them away (metav1.FinalizerOrphanDependents, FinalizerDeleteDependents). */
export const ORPHAN = 'orphan';
export const FOREGROUND = 'foregroundDeletion';

/** What an object that is being deleted waits for the collector to do with its dependants. */
export type Wait = typeof ORPHAN | typeof FOREGROUND;

/** Undefined where it is not being deleted or waits for others only. Of the object only its finalizers are read. */
export function waitOf(stored: StoredObject): Wait | undefined {
  if (!stored.isTerminating || !stored.hasFinalizers) return undefined;
  const { finalizers } = stored;
  if (finalizers.includes(ORPHAN)) return ORPHAN;
  return finalizers.includes(FOREGROUND) ? FOREGROUND : undefined;
}

/** The object without a finalizer; the same object where it has not got it. */
export function withoutFinalizer(object: KubeObject, finalizer: Wait): KubeObject {
  const { finalizers = [], ...metadata } = object.metadata;
  if (!finalizers.includes(finalizer)) return object;
  const kept = finalizers.filter((name) => name !== finalizer);
  return { ...object, metadata: { ...metadata, ...(kept.length > 0 && { finalizers: kept }) } };
}
