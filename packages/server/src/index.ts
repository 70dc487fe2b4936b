export type { AuditLogSettings, AuditSettings, AuditWebhookSettings } from './audit-settings.ts';
export type { ClientRequest, LoopbackClient } from './loopback-client.ts';
export { defaultFlowLimits } from './fairness.ts';
export type { FairnessOptions } from './fairness.ts';
export { readFeatureGates } from './feature-gates.ts';
export type { FeatureGate, FeatureGates, ReadFeatureGates } from './feature-gates.ts';
export { OptionFileError } from './option-file.ts';
export type { ServerHooks, ServerOptions } from './options.ts';
export { RootDirectoryError } from './root-directory.ts';
export type { Server } from './server.ts';
export { signInProblems } from './sign-in-options.ts';
export type {
  AuthenticationWebhookOptions,
  AuthorizationWebhookFiles,
  OidcOptions,
  RequestHeaderFiles,
  SignInOptions,
} from './sign-in-options.ts';
export { readTracingConfiguration } from './tracing-configuration.ts';
export type { TracingConfiguration } from './tracing-configuration.ts';
export { start } from './start.ts';
export type { EtcdOptions } from './storage.ts';
