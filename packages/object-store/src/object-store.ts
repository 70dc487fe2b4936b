import type { KubeObject } from '@kcp/api-machinery';
import type { ClusterScope, LogicalCluster } from '@kcp/logical-cluster';
import type { Revision } from '@kcp/storage';
import type { Bucket, ObjectKey } from './keys.ts';

/** One object as it is stored, decoded only when somebody asks. Shared between readers: never changed. */
export interface StoredObject {
  readonly bucket: Bucket;
  readonly key: ObjectKey;
  /** The revision of its newest write; for the last state of a deleted object the revision of the deletion. */
  readonly revision: Revision;
  /** Names the schema, version and media form in which the bytes are stored; equal to a resource's own: serve the bytes as they are. */
  readonly fingerprint: string;
  readonly hasFinalizers: boolean;
  /** metadata.finalizers, without decoding the rest. */
  readonly finalizers: readonly string[];
  readonly hasOwners: boolean;
  readonly isTerminating: boolean;
  /** Bytes of `json()` and of `item()`. */
  readonly jsonSize: number;
  readonly itemSize: number;
  /** The object as JSON, with its resourceVersion. */
  json(): Buffer;
  /** The same without `kind` and `apiVersion`, as items of built-in lists are. */
  item(): Buffer;
  /** Writes what `json()` or `item()` gives into a buffer with room for it; gives where it ends. A list is built without a buffer per item. */
  copyJson(target: Buffer, at: number): number;
  copyItem(target: Buffer, at: number): number;
  /** The object, with its resourceVersion; decoded once, frozen in tests. */
  decode(): KubeObject;
}

/** Which objects: one logical cluster or all, one namespace or all. */
export interface Selection {
  readonly bucket: Bucket;
  readonly cluster: LogicalCluster | Extract<ClusterScope, { kind: 'wildcard' }>;
  /** Empty or absent: all namespaces. */
  readonly namespace?: string;
}

/** Which part of a list. */
export interface PageOptions extends Selection {
  /** Only objects after this key, relative to the selection's own prefix; as a page before gave it. */
  readonly after?: string;
  readonly limit?: number;
  /** Exactly as of this revision; else the newest. Throws ApiError Expired below the window. */
  readonly at?: Revision;
}

/** Part of a list, read at one revision. */
export interface ObjectPage {
  readonly objects: readonly StoredObject[];
  /** Where the next page begins, relative to the selection's prefix; undefined at the end. */
  readonly next: string | undefined;
  readonly revision: Revision;
  /** Where a page after one of the objects begins, where they do not come in the order of their keys. Absent: they do. */
  readonly resume?: (object: StoredObject) => string;
}

/** An object that names another as its owner, by what the owner index says. */
export interface Dependant {
  readonly bucket: Bucket;
  readonly key: ObjectKey;
  /** Its reference said blockOwnerDeletion. */
  readonly blocks: boolean;
}

/** Whose dependants to read, and which part of them. */
export interface DependantsOptions {
  readonly cluster: LogicalCluster;
  /** The uid of the owner. */
  readonly owner: string;
  /** Only those that block the deletion of their owner. */
  readonly blocking?: boolean;
  /** As a page before gave it. */
  readonly after?: string;
  readonly limit: number;
}

/** Part of an owner's dependants; those that block its deletion come first. */
export interface DependantPage {
  readonly dependants: readonly Dependant[];
  /** Where the next page begins; undefined at the end. */
  readonly next: string | undefined;
}

/** Finds objects of one resource by values that are in them. */
export interface ObjectIndex {
  /** Part of the rows' keys: a letter and letters; other values of the same objects are another index. */
  readonly name: string;
  readonly bucket: Bucket;
  /** What an object is found by, at most 50 values. Asked at every write of one: cheap, and the same for the same object. */
  values(object: KubeObject): readonly string[];
}

/** Which objects to find. */
export interface LookupOptions {
  readonly index: ObjectIndex;
  readonly value: string;
  /** As a page before gave it, or any text that keys `<cluster>/<name>` are compared with. */
  readonly after?: string;
  readonly limit: number;
  /** As of this revision; else as of now. */
  readonly at?: Revision;
}

/** Part of the objects that a value is in, in the order of their keys. */
export interface LookupPage {
  readonly keys: readonly ObjectKey[];
  /** Where the next page begins; undefined at the end. */
  readonly next: string | undefined;
  readonly revision: Revision;
}

/** Which part of all objects there are. */
export interface EverythingOptions {
  /** Only objects after this key, as a page before gave it. */
  readonly after?: string;
  readonly limit: number;
}

/** Who may only read gets this (STYLE 15). Reads are synchronous: the store is the cache. */
export interface ObjectReader {
  /** Undefined, or what to wait for before a read that must see every acknowledged write. */
  synced(): Promise<void> | undefined;
  head(): Revision;
  get(bucket: Bucket, key: ObjectKey, at?: Revision): StoredObject | undefined;
  page(options: PageOptions): ObjectPage;
  /** How many objects follow `after`, as of `at`; counts at most `limit`. */
  count(options: PageOptions): number;
  /** The newest revision of any write to a resource in a logical cluster (or anywhere, for the wildcard); 0 where there was none. */
  generation(selection: Pick<Selection, 'bucket' | 'cluster'>): Revision;
  /** Throws ApiError Expired where `after` is below the window and something that it would have told is forgotten. */
  watch(options: WatchOptions, listener: WatchListener): Watch;
  /**
   * Objects of a logical cluster that name a uid as their owner's, from an index that is written in the commit of the object. An
   * entry may outlive its object by a moment: read the object before acting on it. None is missing.
   */
  dependants(options: DependantsOptions): DependantPage;
  /**
   * Where objects of a logical cluster lie, whether or not anything serves them any more. A bucket may be empty by now; none is missing
   * that had an object when it was asked. Gives way to others: for what removes or copies a logical cluster.
   */
  buckets(cluster: LogicalCluster): Promise<readonly Bucket[]>;
  /**
   * Objects that a value is in, from an index that the store was opened with; undefined as long as that is being built. An entry may outlive its
   * object by a moment: read the object before acting on it. None is missing.
   */
  lookup(options: LookupOptions): LookupPage | undefined;
  /** Objects of all resources in all logical clusters, by storage key; for controllers that start over, never for a request. */
  everything(options: EverythingOptions): ObjectPage;
  /** As `watch`, of all resources in all logical clusters; for controllers, never for a request. */
  watchEverything(options: { readonly after: Revision }, listener: WatchListener): Watch;
}

/** One write, decided: everything that admission, validation and strategy had to say is said. */
export type ObjectWrite =
  | {
      readonly kind: 'create';
      readonly bucket: Bucket;
      readonly key: ObjectKey;
      readonly object: KubeObject;
      readonly fingerprint: string;
    }
  | {
      readonly kind: 'update';
      readonly bucket: Bucket;
      readonly key: ObjectKey;
      readonly object: KubeObject;
      readonly fingerprint: string;
      /** The revision that was read and decided upon. */
      readonly expected: Revision;
      /** What was read at that revision, where it is at hand: spares the store reading or parsing it once more for its owners. */
      readonly previous?: StoredObject;
    }
  | {
      readonly kind: 'delete';
      readonly bucket: Bucket;
      readonly key: ObjectKey;
      readonly expected: Revision;
      /** As of an update. */
      readonly previous?: StoredObject;
    };

/** What else must hold for a commit: an object as it was read (`revision`), absent (`revision: 0`), or there in any state. */
export interface WriteCondition {
  readonly bucket: Bucket;
  readonly key: ObjectKey;
  /** Absent: it only has to exist. */
  readonly revision?: Revision;
}

/** What becomes of an object right behind the write of the same commit that puts it. */
export interface Sequel {
  readonly bucket: Bucket;
  readonly key: ObjectKey;
  readonly object: KubeObject;
  readonly fingerprint: string;
}

/** What became of a commit of several writes, without what its sequels left. */
export type WriteOutcome =
  | { readonly kind: 'committed'; readonly objects: readonly StoredObject[] }
  /** A create met an existing object, an update or delete another revision than expected, or a condition did not hold. */
  | {
      readonly kind: 'refused';
      readonly bucket: Bucket;
      readonly key: ObjectKey;
      readonly current: StoredObject | undefined;
    };

/**
 * Who may write. `commit` is all or nothing; throws ApiError where the store is full (507) or the write too large (413: more than
 * 1 MiB, or more than 100 rows, of which each object is one and each owner that it gains another) or an object has more than
 * 90 owners (422). Sequels are left out, all of them, where the store cannot write an object twice at once, or they do not fit in, or change what
 * an object is found by: whoever gives them makes up for that.
 */
export interface ObjectWriter extends ObjectReader {
  commit(
    writes: readonly ObjectWrite[],
    conditions?: readonly WriteCondition[],
    sequels?: readonly Sequel[],
  ): Promise<WriteOutcome>;
}

/** A watch under way, until it is disposed of. */
export interface Watch extends Disposable {
  /** All events up to this revision have been told. */
  position(): Revision;
}

/** What to watch, and from when. */
export interface WatchOptions extends Selection {
  /** Only this object. */
  readonly name?: string;
  /** Events after this revision; one above the newest is waited for in silence. */
  readonly after: Revision;
}

/** One write as watchers get it. The same value goes to every watcher, so that what is made of it is made once. */
export interface ObjectChange {
  readonly kind: 'put' | 'delete';
  /** The object after the write; for a deletion its last state with the revision of the deletion. */
  readonly object: StoredObject;
  readonly previous: StoredObject | undefined;
  /** Bytes of an event by (version, media type, transformation): filled by the first watcher who needs them. */
  readonly rendered: Map<string, Buffer>;
}

/** A watcher. Called in order of revision; must not throw and must not block. */
export interface WatchListener {
  event(change: ObjectChange): void;
  /** All events up to this revision have been told; called at least once a second while others write, and after the backfill. */
  progress(revision: Revision): void;
  /** The watch is over: history it needed is gone (`Expired`), the listener itself threw, or the store failed. Nothing is called after. */
  lost(error: Error): void;
  /**
   * Undefined, or what to wait for because enough is pending; asked after every live event and every page of the past. The watch
   * then waits and goes on from the log, so that a slow watcher costs no memory, and is lost only when the window passes it.
   * Ask for it late, at hundreds of kilobytes pending: what is read from the log is read for this watcher. Absent: never too slow.
   */
  drained?(): Promise<void> | undefined;
}
