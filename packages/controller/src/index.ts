export type {
  ChangeSource,
  Checkpoint,
  CheckpointStore,
  Following,
  FollowListener,
  ListedChanges,
  WaitingKey,
} from './change-source.ts';
export { systemClock } from './clock.ts';
export type { Clock } from './clock.ts';
export { startController } from './controller.ts';
export type { Controller, ControllerOptions } from './controller.ts';
export { identityOf } from './reconcile-key.ts';
export type { ReconcileKey, SourceBucket } from './reconcile-key.ts';
export { again, done } from './reconcile.ts';
export type { Reconcile, ReconcileContext, Result } from './reconcile.ts';
export { WorkQueue } from './work-queue.ts';
export type { Outcome, QueueState, WorkQueueOptions } from './work-queue.ts';
