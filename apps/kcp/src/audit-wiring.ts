import { FlagError, type FlagValues } from '@kcp/process';
import type { AuditLogSettings, AuditSettings, AuditWebhookSettings } from '@kcp/server';
import type { auditFlags } from './audit-flags.ts';

/** What the flags of auditing are told. */
export type AuditFlags = FlagValues<typeof auditFlags>;

const MEBIBYTE = 1024 * 1024;

/** What is to be recorded, as the flags want it; nothing where none is given. Throws FlagError where two do not go together. */
export function auditSettings(flags: AuditFlags): { readonly audit?: AuditSettings } {
  const { auditPolicyFile, auditLogPath, auditWebhookConfigFile } = flags;
  if (auditPolicyFile === '' && auditLogPath === '' && auditWebhookConfigFile === '') return {};
  const audit = {
    ...(auditPolicyFile !== '' && { policyFile: auditPolicyFile }),
    ...(auditLogPath !== '' && { log: logSettings(flags) }),
    ...(auditWebhookConfigFile !== '' && { webhook: webhookSettings(flags) }),
  };
  const problems = [...sizeProblems('log', audit.log), ...sizeProblems('webhook', audit.webhook)];
  if (problems.length > 0) throw new FlagError(problems);
  return { audit };
}

function logSettings(flags: AuditFlags): AuditLogSettings {
  const rate = { perSecond: flags.auditLogBatchThrottleQps, burst: flags.auditLogBatchThrottleBurst };
  return {
    path: flags.auditLogPath,
    format: flags.auditLogFormat,
    mode: flags.auditLogMode,
    maxAgeDays: flags.auditLogMaxage,
    maxBackups: flags.auditLogMaxbackup,
    maxBytes: flags.auditLogMaxsize * MEBIBYTE,
    compress: flags.auditLogCompress,
    batch: {
      bufferSize: flags.auditLogBatchBufferSize,
      maxSize: flags.auditLogBatchMaxSize,
      maxWaitMs: flags.auditLogBatchMaxWait,
      throttle: flags.auditLogBatchThrottleEnable ? rate : undefined,
    },
    truncate: {
      enabled: flags.auditLogTruncateEnabled,
      maxBatchBytes: flags.auditLogTruncateMaxBatchSize,
      maxEventBytes: flags.auditLogTruncateMaxEventSize,
    },
  };
}

function webhookSettings(flags: AuditFlags): AuditWebhookSettings {
  const rate = { perSecond: flags.auditWebhookBatchThrottleQps, burst: flags.auditWebhookBatchThrottleBurst };
  return {
    configFile: flags.auditWebhookConfigFile,
    mode: flags.auditWebhookMode,
    initialBackoffMs: flags.auditWebhookBatchInitialBackoff || flags.auditWebhookInitialBackoff,
    batch: {
      bufferSize: flags.auditWebhookBatchBufferSize,
      maxSize: flags.auditWebhookBatchMaxSize,
      maxWaitMs: flags.auditWebhookBatchMaxWait,
      throttle: flags.auditWebhookBatchThrottleEnable ? rate : undefined,
    },
    truncate: {
      enabled: flags.auditWebhookTruncateEnabled,
      maxBatchBytes: flags.auditWebhookTruncateMaxBatchSize,
      maxEventBytes: flags.auditWebhookTruncateMaxEventSize,
    },
  };
}

function sizeProblems(
  plugin: string,
  settings: AuditLogSettings | AuditWebhookSettings | undefined,
): readonly string[] {
  const truncate = settings?.truncate;
  if (!truncate || truncate.maxBatchBytes >= truncate.maxEventBytes) return [];
  return [
    `invalid audit truncate ${plugin} max batch size ${truncate.maxBatchBytes}, must be greater than max event size (${truncate.maxEventBytes})`,
  ];
}
