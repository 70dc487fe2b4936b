import type { ReconcileKey } from './reconcile-key.ts';

/** Who follows a source. Called in order of revision within a resource; must not throw and must not block. */
export interface FollowListener<Change> {
  change(revision: number, change: Change): void;
  /** Everything up to this revision has been told. */
  progress(revision: number): void;
  /** Changes are missing (the history is gone) or the source failed. Nothing is called after. */
  lost(error: Error): void;
  /** Undefined, or what to wait for before more is told: the source then goes on from its log. */
  drained(): Promise<void> | undefined;
}

/** A source being followed, until it is disposed of. */
export interface Following extends Disposable {
  /** Everything up to this revision has been told. */
  position(): number;
}

/** Part of what there is, as changes that `keysOf` understands. */
export interface ListedChanges<Change> {
  readonly changes: readonly Change[];
  /** What to give for the next page; undefined at the end. */
  readonly next: string | undefined;
}

/** A key that is not settled but on a timer or in back-off. */
export interface WaitingKey {
  readonly key: ReconcileKey;
  /** When it is due, in milliseconds since the epoch. */
  readonly at: number;
  /** How often in a row it failed; 0 for a key on a timer. */
  readonly failures: number;
}

/** How far a controller came: every key that changed up to the revision is reconciled, or is among those that wait. */
export interface Checkpoint {
  readonly revision: number;
  /** Of the controller; one of another version is no use. */
  readonly version: number;
  readonly waiting: readonly WaitingKey[];
}

/** Where a controller's checkpoint is kept. */
export interface CheckpointStore {
  /** Undefined where there is none that can be read. */
  load(): Promise<Checkpoint | undefined>;
  save(checkpoint: Checkpoint): Promise<void>;
}

/** What a controller follows. Declared here by who needs it; @kcp/object-store fulfils it over the store. */
export interface ChangeSource<Change> {
  /** The newest revision. */
  head(): number;
  /** Tells every change after a revision. Throws ApiError Expired where history that it needs is gone. */
  follow(after: number, listener: FollowListener<Change>): Following;
  /** A page of what there is now, from the start or from where a page before ended. */
  list(options: { readonly after: string | undefined; readonly limit: number }): Promise<ListedChanges<Change>>;
  readonly checkpoint: CheckpointStore;
}
