import type { Leadership } from './leadership.ts';

/**
 * A revisioned log of bytes. A backend stores; it knows nothing of objects, defaulting or validation (invariant 3).
 *
 * Keys are texts `/<group>/<resource>/<cluster>/<rest>`: the first two segments name the resource, the third the logical
 * cluster. Backends use only that much of their structure, for the index that lets a watch from the past read its own events.
 * Keys are ordered by their UTF-8 bytes; they have at most 1,500 of them, none of them NUL.
 *
 * A revision is a positive safe integer. Every write of a commit has its own, consecutive ones; between commits some may be left out. Readers see whole
 * commits only.
 */
export type Revision = number;

/** A key's bytes as of a revision. They are never changed by anybody; they may lie in one ArrayBuffer with those of other rows. */
export interface Row {
  readonly key: string;
  /** The revision of the write that put these bytes. */
  readonly revision: Revision;
  readonly value: Uint8Array;
}

/** Part of a range, read at one revision. */
export interface Page {
  readonly rows: readonly Row[];
  /** True where the range holds more rows after the last one. */
  readonly more: boolean;
  /** The revision at which the page was read; ask for the next page at it. */
  readonly revision: Revision;
}

/** What to read of a range. */
export interface RangeOptions {
  readonly prefix: string;
  /** Only keys greater than this whole key. */
  readonly after?: string;
  /** At most so many rows; all where it is absent. */
  readonly limit?: number;
  /** As of this revision; the newest durable one where it is absent. Throws CompactedError below the window, FutureRevisionError above head. */
  readonly at?: Revision;
}

/** What must hold of a key for a commit to happen: its newest revision, or that it is absent (0), or that it exists at all. */
export type Condition =
  | { readonly kind: 'revision'; readonly key: string; readonly revision: Revision }
  | { readonly kind: 'exists'; readonly key: string };

/**
 * One write of a commit. A key may occur once only (TypeError). The bytes of a put are handed over: nobody changes them afterwards. The deletion of
 * what is not there takes a revision, and is no change.
 */
export type Write =
  | { readonly kind: 'put'; readonly key: string; readonly value: Uint8Array }
  | { readonly kind: 'delete'; readonly key: string };

/** What became of a commit: the revisions of its writes, then those of its sequels, unless these were left out. A condition that does not hold is an outcome, not an error. */
export type CommitResult =
  | { readonly kind: 'committed'; readonly revisions: readonly Revision[] }
  | { readonly kind: 'refused'; readonly condition: Condition; readonly current: Row | undefined };

/** One write as a watcher sees it. `value` is undefined for a deletion; `previous` is what the key held before. */
export interface Change {
  readonly key: string;
  readonly revision: Revision;
  readonly value: Uint8Array | undefined;
  readonly previous: Row | undefined;
}

/** Part of the log, read from the past. */
export interface ChangePage {
  readonly changes: readonly Change[];
  readonly more: boolean;
}

/** Which changes of the past to read: `after` < revision <= `upTo`, of keys under `prefix`, at most `limit`. */
export interface ChangesOptions {
  readonly prefix: string;
  readonly after: Revision;
  readonly upTo: Revision;
  readonly limit: number;
}

/** Called with the changes of one or more whole commits, in order of revision, none twice, none left out. Must not throw. */
export type ChangeListener = (changes: readonly Change[]) => void;

/** Called with the revision up to which everything has been told. Must not throw. */
export type GapListener = (told: Revision) => void;

/**
 * The contract of a storage engine; `@kcp/storage/testing` has the suite that every one must pass.
 *
 * Durability: a commit's promise fulfils, its rows become readable and its changes are told only after the flush to disk.
 * Listeners are called before the promise of the commit that they hear of fulfils.
 */
export interface Backend extends AsyncDisposable {
  /** The newest durable revision; 0 in an empty store. */
  head(): Revision;
  /** The revision up to which history is gone: reads and changes need `at`/`after` >= it. */
  compacted(): Revision;
  /** Undefined, or a promise to wait for before a read that must see every commit acknowledged anywhere (shared stores). Rejects with StoreUnavailableError. */
  synced(): Promise<void> | undefined;
  /** Why the store cannot be written, or read up to date, at the moment; undefined where it can. */
  problem(): string | undefined;
  /** Which of the servers on this store does what only one may do. */
  readonly leadership: Leadership;
  get(key: string, at?: Revision): Row | undefined;
  range(options: RangeOptions): Page;
  /** How many keys there are under a prefix, counting at most `limit` of them. */
  count(options: {
    readonly prefix: string;
    readonly after?: string;
    readonly at?: Revision;
    readonly limit?: number;
  }): number;
  /** The newest revision of any write under `/<group>/<resource>/` or `/<group>/<resource>/<cluster>/`; 0 where there was none. TypeError for other prefixes. */
  newest(prefix: string): Revision;
  /**
   * All or nothing, over at most 100 keys and 1 MiB (TooLargeError beyond). Conditions see the commits decided before. `sequels` write some of the
   * keys that `writes` puts a second time, right behind them and in the same commit: watchers hear of both, readers find the second. They are left out,
   * all of them, where the engine cannot write a key twice at once or they do not fit in: whoever gives them makes up for that.
   */
  commit(conditions: readonly Condition[], writes: readonly Write[], sequels?: readonly Write[]): Promise<CommitResult>;
  /** Throws CompactedError where `after` is below the window, FutureRevisionError where `upTo` is above head. */
  changes(options: ChangesOptions): ChangePage;
  /**
   * Hears every commit from now on. `gap` is called where changes could not be told, because the history they were to be read from is gone: head has
   * moved, and `changes` from before throws CompactedError.
   */
  subscribe(listener: ChangeListener, gap?: GapListener): Disposable;
  /** Forgets superseded rows up to a revision; what is current stays. Rejects with FutureRevisionError above head. */
  compact(revision: Revision): Promise<void>;
  /** Writes a consistent copy of the store, at one revision, into an empty folder. A store in files can open it, one in memory its own. */
  snapshot(folder: string): Promise<Revision>;
}

/** The revision asked for is no longer kept. */
export class CompactedError extends Error {
  override readonly name = 'CompactedError';
  readonly compacted: Revision;
  constructor(compacted: Revision) {
    super(`history up to revision ${compacted} is compacted`);
    this.compacted = compacted;
  }
}

/** The revision asked for is above the newest. */
export class FutureRevisionError extends Error {
  override readonly name = 'FutureRevisionError';
  readonly head: Revision;
  constructor(head: Revision) {
    super(`the newest revision is ${head}`);
    this.head = head;
  }
}

/** A commit of more than 100 keys or 1 MiB. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

/** The disk is full: nothing of the commit was written, reads go on. */
export class StorageFullError extends Error {
  override readonly name = 'StorageFullError';
}

/**
 * A shared store does not answer, or not in time. `outcome` says of a commit whether it surely did not happen (`none`) or may have happened
 * (`unknown`); for a read it is `none`.
 */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
  readonly outcome: 'none' | 'unknown';
  constructor(message: string, options: { readonly outcome: 'none' | 'unknown'; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.outcome = options.outcome;
  }
}

/** The store cannot be opened or went bad: in use by another process, corrupt, written by a newer version. `message` says what to do. */
export class StoreUnusableError extends Error {
  override readonly name = 'StoreUnusableError';
}
