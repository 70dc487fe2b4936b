import type { KubeObject } from '@kcp/api-machinery';
import type { ObjectChange } from '../cache/object-change.ts';
import type { ReconcileKey } from '../reconcile-key.ts';
import type { Reflector } from '../reflector/reflector.ts';
import { ownKey, type KeyMapping } from './key-mapping.ts';
import type { Predicate } from './predicates.ts';

/** What of a reflector's objects concerns a controller, and how. */
export interface WatchOptions<O extends KubeObject> {
  /** Which keys a change concerns; the object's own where it is not given. */
  readonly keysOf?: KeyMapping<O>;
  /** Which changes are worth it; all where it is not given. Objects that are listed at a start or a resync always are. */
  readonly when?: Predicate<O>;
  /** Every object is told anew so often, in milliseconds; never where it is not given, and hardly ever needed. */
  readonly resyncMs?: number;
}

/**
 * A change as a controller over HTTP gets it: gives the keys that it concerns. A function, so that a predicate or a mapping
 * that throws does so where the controller leaves such a change out, not in the midst of the cache.
 */
export type WatchedChange = () => Iterable<ReconcileKey>;

/** Whom a watched resource tells. */
export interface WatchedListener {
  change(change: WatchedChange): void;
  drained(): Promise<void> | undefined;
}

/** One of the resources that a controller watches, reduced to keys: of which kind the objects are no longer matters. */
export interface Watched {
  readonly reflector: { start(): void; readonly synced: Promise<void> } & AsyncDisposable;
  readonly resyncMs: number | undefined;
  follow(listener: WatchedListener): Disposable;
  /** What there is, object by object. */
  listed(): IterableIterator<WatchedChange>;
}

/** Makes a controller hear of a reflector's objects; several may share one reflector. */
export function watched<O extends KubeObject>(reflector: Reflector<O>, options: WatchOptions<O> = {}): Watched {
  const { keysOf = ownKey, when = () => true, resyncMs } = options;
  const concerns = (change: ObjectChange<O>): Iterable<ReconcileKey> => (when(change) ? keysOf(change) : []);
  return {
    reflector,
    resyncMs,
    follow: (listener) =>
      reflector.cache.follow({
        change: (change) => listener.change(() => concerns(change)),
        drained: () => listener.drained(),
      }),
    *listed() {
      for (const change of reflector.cache.listed()) yield () => keysOf(change);
    },
  };
}
