export type { AuditClock, Backend } from './backend/backend.ts';
export type { BatchOptions } from './backend/buffered.ts';
export type { Rate } from './backend/token-bucket.ts';
export type { TruncateOptions } from './backend/truncating.ts';
export type { AuditedUser, ResponseStatus } from './event/audit-event.ts';
export { sourceIps } from './event/source-ips.ts';
export type { Origin } from './event/source-ips.ts';
export { auditLevels, auditStages } from './level.ts';
export type { AuditLevel, AuditStage } from './level.ts';
export { auditLogFormats } from './log/log-backend.ts';
export type { AuditLogFormat } from './log/log-backend.ts';
export type { Retention } from './log/old-files.ts';
export type { ByteStream } from './log/stream-output.ts';
export { auditModes, openAudit } from './open-audit.ts';
export type {
  AuditBackendOptions,
  AuditLogOptions,
  AuditMode,
  AuditOptions,
  AuditParts,
  AuditWebhookOptions,
  OpenAudit,
} from './open-audit.ts';
export type { AuditedAttributes, AuditedResource } from './policy/fits.ts';
export { parsePolicy } from './policy/parse-policy.ts';
export { PolicyError } from './policy/policy.ts';
export type { GroupResources, Policy, PolicyRule } from './policy/policy.ts';
export { Recorder } from './recorder.ts';
export type { RecordedAnswer, RequestFacts, RequestRecord } from './request-record.ts';
export type { Post } from './webhook/webhook-backend.ts';
