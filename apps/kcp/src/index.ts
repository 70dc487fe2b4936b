export { RootDirectoryError, start } from '@kcp/server';
export type { AuditLogSettings, AuditSettings, AuditWebhookSettings } from '@kcp/server';
export type { ClientRequest, EtcdOptions, LoopbackClient, Server, ServerHooks, ServerOptions } from '@kcp/server';
