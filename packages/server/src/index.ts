export type { ClientRequest, LoopbackClient } from './loopback-client.ts';
export { OptionFileError } from './option-file.ts';
export type { ServerHooks, ServerOptions } from './options.ts';
export { RootDirectoryError } from './root-directory.ts';
export type { Server } from './server.ts';
export { start } from './start.ts';
