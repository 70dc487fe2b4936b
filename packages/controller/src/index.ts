export { ObjectCache } from './cache/object-cache.ts';
export type { ChangeListener, ObjectCacheOptions } from './cache/object-cache.ts';
export type { Indexer } from './cache/cache-index.ts';
export { byCluster, byNamespace, byOwnerUid } from './cache/indexers.ts';
export type { Lister, ObjectSelection } from './cache/lister.ts';
export type { ObjectChange } from './cache/object-change.ts';
export { CLUSTER_ANNOTATION, keyOfObject } from './cache/object-key.ts';
export { metadataOnly, onlyFields, withoutBookkeeping } from './cache/trim.ts';
export type { MetadataObject, Trim } from './cache/trim.ts';
export type {
  ChangeSource,
  Checkpoint,
  CheckpointStore,
  Following,
  FollowListener,
  ListedChanges,
  WaitingKey,
} from './change-source.ts';
export { eventSinkOf } from './client/event-sink.ts';
export { leaseClientOf } from './client/lease-client.ts';
export { listWatchOf } from './client/list-watch.ts';
export { steadyClock, systemClock } from './clock.ts';
export type { Clock } from './clock.ts';
export { startController } from './controller.ts';
export type { Controller, ControllerOptions } from './controller.ts';
export { runElection } from './election/leader-election.ts';
export type { ElectionEnd, ElectionOptions, Term } from './election/leader-election.ts';
export type { Lease, LeaseClient, LeaseRecord } from './election/lease.ts';
export { identityOf } from './reconcile-key.ts';
export type { ReconcileKey, SourceBucket } from './reconcile-key.ts';
export { again, done } from './reconcile.ts';
export type { Reconcile, ReconcileContext, Result } from './reconcile.ts';
export { EventRecorder } from './recorder/event-recorder.ts';
export type { EventRecorderOptions } from './recorder/event-recorder.ts';
export type { EventAddress, EventSink } from './recorder/event-sink.ts';
export type { Occurrence, Reporter } from './recorder/occurrence.ts';
export type { ListPage, ListRequest, ListWatch, WatchEvent, WatchRequest } from './reflector/list-watch.ts';
export { Reflector } from './reflector/reflector.ts';
export type { ReflectorOptions } from './reflector/reflector.ts';
export { Health } from './run/health.ts';
export { runControllers } from './run/run-controllers.ts';
export type { ControllerDefinition, RunOptions } from './run/run-controllers.ts';
export { ownerKeys, ownKey } from './source/key-mapping.ts';
export type { KeyMapping, OwnerKind } from './source/key-mapping.ts';
export { allOf, annotationsChanged, anyOf, generationChanged, labelsChanged } from './source/predicates.ts';
export type { Predicate } from './source/predicates.ts';
export { WatchedSource } from './source/watched-source.ts';
export { watched } from './source/watched.ts';
export type { Watched, WatchedChange, WatchOptions } from './source/watched.ts';
export { WorkQueue } from './work-queue.ts';
export type { Outcome, QueueState, WorkQueueOptions } from './work-queue.ts';
