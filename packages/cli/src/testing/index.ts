export { formatContexts } from './fixture.ts';
export { startWorkspaceServer } from './workspace-server.ts';
export type { Held, WorkspaceServer } from './workspace-server.ts';
