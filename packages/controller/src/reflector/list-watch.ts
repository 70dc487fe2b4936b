import type { KubeObject } from '@kcp/api-machinery';

/** A page of a list that is asked for. Empty texts stand for parameters that are not sent. */
export interface ListRequest {
  /** The most objects that may come; 0 for all at once. */
  readonly limit: number;
  /** Of the page before. */
  readonly continue: string;
  /** Empty: the newest state; `0`: any state that the server has at hand. */
  readonly resourceVersion: string;
  readonly resourceVersionMatch: '' | 'NotOlderThan' | 'Exact';
  readonly signal: AbortSignal;
}

/** A page of a list. Items bear apiVersion and kind, also where a server leaves them out in lists. */
export interface ListPage<O extends KubeObject> {
  readonly items: readonly O[];
  readonly metadata: {
    readonly resourceVersion: string;
    /** Absent or empty on the last page. */
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
}

/** A watch that is asked for. */
export interface WatchRequest {
  /** What was seen last: what came after is told. */
  readonly resourceVersion: string;
  readonly allowWatchBookmarks: boolean;
  /** After so long the server ends the watch. */
  readonly timeoutSeconds: number;
  /** The present first, as ADDED events, then a bookmark with the annotation `k8s.io/initial-events-end` (KEP-3157). */
  readonly sendInitialEvents?: boolean;
  readonly resourceVersionMatch: '' | 'NotOlderThan';
  readonly signal: AbortSignal;
}

/** An event of a watch. The object of a deletion is its last state; that of a bookmark has little but a resourceVersion. */
export type WatchEvent<O extends KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: O }
  | { readonly type: 'BOOKMARK'; readonly object: { readonly metadata: KubeObject['metadata'] } };

/**
 * One resource as it is listed and watched: in one logical cluster or in all, in one namespace or in all, with selectors or
 * without; all that is settled when it is made. Both methods fail with ApiError where the server answered (an ERROR event is
 * such an answer too), with anything else where it did not; both end soon after their signal is aborted, by failing or ending.
 */
export interface ListWatch<O extends KubeObject> {
  list(request: ListRequest): Promise<ListPage<O>>;
  watch(request: WatchRequest): AsyncIterable<WatchEvent<O>>;
}
