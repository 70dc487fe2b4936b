export { initializing, terminating } from './lifecycle/lifecycle-kind.ts';
export type { LifecycleKind } from './lifecycle/lifecycle-kind.ts';
export { lifecycleSurface } from './lifecycle/lifecycle-surface.ts';
export type { LifecycleDeps } from './lifecycle/lifecycle-surface.ts';
export { subjectIndex } from './workspaces/subject-index.ts';
export { workspacesSurface } from './workspaces/workspaces-surface.ts';
export type { WorkspacesDeps } from './workspaces/workspaces-surface.ts';
export type { EntranceParts, EntranceStore } from './workspaces/entrance.ts';
