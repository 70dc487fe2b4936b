export { RootDirectoryError, start } from '@kcp/server';
export type { ClientRequest, LoopbackClient, Server, ServerHooks, ServerOptions } from '@kcp/server';
