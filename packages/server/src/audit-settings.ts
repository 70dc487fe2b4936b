import type { AuditBackendOptions, AuditLogOptions, AuditWebhookOptions } from '@kcp/audit';

/** Where events are written; what is left out is as kube-apiserver has it. */
export type AuditLogSettings = Partial<AuditLogOptions> & Pick<AuditLogOptions, 'path'>;

/** Where events are posted; what is left out is as kube-apiserver has it. */
export type AuditWebhookSettings = Partial<Omit<AuditWebhookOptions, 'post'>> & {
  /** A file in kubeconfig form: its current context names the webhook, what to trust, and who we are. */
  readonly configFile: string;
};

/** What is recorded of requests, and where (audit.k8s.io). Without a policy nothing is. */
export interface AuditSettings {
  /** The path of a policy: audit.k8s.io/v1 Policy. */
  readonly policyFile?: string;
  readonly log?: AuditLogSettings;
  readonly webhook?: AuditWebhookSettings;
}

const MEBIBYTE = 1024 * 1024;

const truncate: AuditBackendOptions['truncate'] = {
  enabled: false,
  maxEventBytes: 100 * 1024,
  maxBatchBytes: 10 * MEBIBYTE,
};

/** A log, filled up with kube-apiserver's defaults. */
export function auditLogOptions(settings: AuditLogSettings): AuditLogOptions {
  return {
    mode: 'blocking',
    format: 'json',
    maxBytes: 100 * MEBIBYTE,
    maxAgeDays: 366,
    maxBackups: 100,
    compress: false,
    batch: { bufferSize: 10_000, maxSize: 1, maxWaitMs: 0, throttle: undefined },
    truncate,
    ...settings,
  };
}

/** A webhook, filled up with kube-apiserver's defaults. */
export function auditWebhookOptions(
  { configFile: _, ...settings }: AuditWebhookSettings,
  post: AuditWebhookOptions['post'],
): AuditWebhookOptions {
  return {
    mode: 'batch',
    initialBackoffMs: 10_000,
    batch: { bufferSize: 10_000, maxSize: 400, maxWaitMs: 30_000, throttle: { perSecond: 10, burst: 15 } },
    truncate,
    ...settings,
    post,
  };
}
