import type { ReconcileKey } from './reconcile-key.ts';

/**
 * What became of a call of `reconcile`: done until something changes, or to be called again after a while though nothing
 * changes. The newest result counts: `done` also drops a wait that an earlier `again` asked for.
 */
export type Result = { readonly kind: 'done' } | { readonly kind: 'again'; readonly afterMs: number };

/** The result of almost every call. */
export const done: Result = { kind: 'done' };

/** Call again after so many milliseconds: for a date that an object names, or to ask something that tells no changes. */
export function again(afterMs: number): Result {
  return { kind: 'again', afterMs };
}

/** What a call is given beside its key. */
export interface ReconcileContext {
  /** Aborted when the controller stops and its grace is over. */
  readonly signal: AbortSignal;
}

/**
 * Brings the world to what the object of the key asks for (sigs.k8s.io/controller-runtime reconcile.Reconciler). Level-based:
 * it reads the newest state, never the change that led here, and finds out itself that an object is gone. Never called twice
 * at once for a key. What it throws is logged, and the key comes again after a back-off.
 */
export type Reconcile = (key: ReconcileKey, context: ReconcileContext) => Result | Promise<Result>;
