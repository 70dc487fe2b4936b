import type { KubeObject } from '@kcp/api-machinery';
import type { ReconcileKey } from '../reconcile-key.ts';

/** How an object in a cache changed. Objects are frozen and shared: whoever wants another one copies. */
export interface ObjectChange<O extends KubeObject = KubeObject> {
  /** `listed`: nothing changed; the object is told because it is there, at a start or a resync. */
  readonly kind: 'listed' | 'added' | 'modified' | 'deleted';
  readonly key: ReconcileKey;
  /** For a deletion the last state that is known. */
  readonly object: O;
  /** What was in the cache before; of changes only. */
  readonly previous: O | undefined;
  /** A deletion nobody saw: the object was gone from a list, and may have been changed and made anew before. */
  readonly isFinalStateUnknown: boolean;
}
