export { hookServer } from './hook-server.ts';
export type { HookReply, HookServer } from './hook-server.ts';
