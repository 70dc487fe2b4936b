export { namespaceLifecycle } from './admission/namespace-lifecycle.ts';
export { builtinFingerprint, builtinResource, storageVersionHash } from './builtin-resource.ts';
export type { BuiltinOptions } from './builtin-resource.ts';
export { builtinResources } from './builtin-resources.ts';
export type { BuiltinDeps } from './builtin-resources.ts';
export type { ControllerReader, ListResources, ReconcileDeps } from './controllers/deps.ts';
export { startBuiltinControllers } from './controllers/start.ts';
export type { BuiltinControllerDeps } from './controllers/start.ts';
export { humanDuration } from './human-duration.ts';
