export { endingHeaders, fateOf, passedHeaders } from './passed-headers.ts';
export type { Fate, HeaderRule } from './passed-headers.ts';
export { startSurfaceDoor } from './start-door.ts';
export type { SurfaceServer, SurfaceServerOptions } from './start-door.ts';
export { surfaceDoor } from './surface-door.ts';
export type { Behind, SurfaceDoorOptions } from './surface-door.ts';
