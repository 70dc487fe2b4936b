export { changeSource } from './change-source.ts';
export type { ChangeSourceOptions, FollowedChange } from './change-source.ts';
export { checkpointBucket, checkpointStore, shardCluster } from './checkpoint.ts';
export { clusterAnnotation } from './codec.ts';
export { bucketPrefix, clusterPrefix, parseStorageKey, relativeKey, storageKey } from './keys.ts';
export type { Bucket, ObjectKey } from './keys.ts';
export type {
  Dependant,
  DependantPage,
  DependantsOptions,
  EverythingOptions,
  LookupOptions,
  LookupPage,
  ObjectChange,
  ObjectIndex,
  ObjectPage,
  ObjectReader,
  ObjectWrite,
  ObjectWriter,
  PageOptions,
  Selection,
  Sequel,
  StoredObject,
  Watch,
  WatchListener,
  WatchOptions,
  WriteCondition,
  WriteOutcome,
} from './object-store.ts';
export { ownerBucket, OWNER_LIMIT } from './owner-index.ts';
export { openObjectStore } from './open-object-store.ts';
export type { ObjectStoreOptions, OpenObjectStore } from './open-object-store.ts';
export { tooLargeResourceVersion, tooOldToWatch } from './storage-error.ts';
