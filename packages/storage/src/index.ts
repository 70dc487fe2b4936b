export {
  CompactedError,
  FutureRevisionError,
  StorageFullError,
  StoreUnavailableError,
  StoreUnusableError,
  TooLargeError,
} from './backend.ts';
export type {
  Backend,
  Change,
  ChangeListener,
  ChangePage,
  ChangesOptions,
  CommitResult,
  Condition,
  GapListener,
  Page,
  RangeOptions,
  Revision,
  Row,
  Write,
} from './backend.ts';
export { openLmdbStore } from './lmdb/open-store.ts';
export type { LmdbStoreOptions } from './lmdb/open-store.ts';
export { openMemoryStore } from './memory/memory-store.ts';
export type { MemoryStoreOptions } from './memory/memory-store.ts';
export { startCompaction } from './compaction/start-compaction.ts';
export type { CompactionClock, CompactionOptions } from './compaction/start-compaction.ts';
export { MAX_KEY_BYTES } from './key.ts';
export { MAX_COMMIT_BYTES, MAX_COMMIT_KEYS } from './limits.ts';
export { openEtcdStore } from './etcd/lazy.ts';
export type { EtcdStoreOptions, EtcdTimeouts, EtcdTuning } from './etcd/options.ts';
export { alwaysLeader } from './leadership.ts';
export type { Lead, Leadership, Term } from './leadership.ts';
