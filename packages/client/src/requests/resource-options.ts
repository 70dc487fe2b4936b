import type { JsonObject } from '@kcp/api-machinery';

/** What every request can have. */
export interface RequestOptions {
  /** Ends the request where its caller gives up; it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What reads can ask for. */
export interface GetOptions extends RequestOptions {
  /** Not older than this; `0`: anything that is at hand. */
  readonly resourceVersion?: string;
}

/** Which objects a list, a watch or a deletion of several is about. */
export interface SelectOptions extends RequestOptions {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

/** How versions are compared (API concepts, "resourceVersionMatch"). */
export type ResourceVersionMatch = 'NotOlderThan' | 'Exact';

/** What a list can ask for. */
export interface ListOptions extends SelectOptions {
  /** The most items of a page. */
  readonly limit?: number | undefined;
  /** The token that the page before gave. */
  readonly continue?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly resourceVersionMatch?: ResourceVersionMatch | undefined;
}

/** What a watch can ask for. */
export interface WatchOptions extends SelectOptions {
  /** Events after this version; without one, what is there comes first as ADDED. */
  readonly resourceVersion?: string | undefined;
  readonly resourceVersionMatch?: ResourceVersionMatch | undefined;
  /** Marks now and then, so that a quiet watch can go on from a fresh version. */
  readonly allowWatchBookmarks?: boolean | undefined;
  /** When the server ends the watch; its own choice where left out. */
  readonly timeoutSeconds?: number | undefined;
  /** What is there comes first, then the bookmark that `endsInitialEvents` knows (KEP-3157); asks for bookmarks too. */
  readonly sendInitialEvents?: boolean | undefined;
}

/** What writes can ask for. */
export interface WriteOptions extends RequestOptions {
  /** Everything is done but the write. */
  readonly dryRun?: boolean;
  /** Who wrote, in managed fields. */
  readonly fieldManager?: string;
  /** What becomes of unknown fields; the server's choice (`Warn`) where left out. */
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
}

/** A patch: what it holds, and how it is meant. */
export type Patch =
  /** RFC 6902. */
  | { readonly type: 'json'; readonly patch: readonly JsonObject[] }
  /** RFC 7396. */
  | { readonly type: 'merge'; readonly patch: object }
  /** Lists are merged by their keys; built-in kinds only. */
  | { readonly type: 'strategic'; readonly patch: object };

/** What server-side apply asks for. */
export interface ApplyOptions extends Omit<WriteOptions, 'fieldManager'> {
  readonly fieldManager: string;
  /** Takes over fields that others own. */
  readonly force?: boolean;
}

/** What a deletion can ask for. */
export interface DeleteOptions extends RequestOptions {
  readonly dryRun?: boolean;
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  /** Only the object that has these. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** What a deletion of several can ask for. */
export interface DeleteCollectionOptions extends DeleteOptions, Omit<ListOptions, 'continue'> {}
