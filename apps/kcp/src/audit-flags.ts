import { choiceFlag, durationFlag, integerFlag, numberFlag, switchFlag, textFlag } from '@kcp/process';

const audit = { group: 'Auditing', placeholder: 'file' };
const detail = { group: 'Auditing', hidden: true };

const modes = ['batch', 'blocking', 'blocking-strict'] as const;
const MODE_HELP =
  'How events and answers go together: batch records them later, blocking lets answers wait, blocking-strict refuses requests that cannot be recorded.';
const versions = ['audit.k8s.io/v1'] as const;

const bufferSize = integerFlag({
  ...detail,
  default: 10_000,
  min: 1,
  help: 'The most events that wait to be recorded. Only used in batch mode.',
});
const wait = 'How long a batch waits for further events. Only used in batch mode.';
const batchSize = 'The most events of a batch. Only used in batch mode.';
const throttle = 'Whether batches are sent at a bounded rate. Only used in batch mode.';
const qps = numberFlag({
  ...detail,
  default: 10,
  min: 0.001,
  help: 'The most batches a second, on average. Only used in batch mode.',
});
const burst = integerFlag({
  ...detail,
  default: 15,
  min: 1,
  help: 'The most batches at once after a pause. Only used in batch mode.',
});
const truncateEnabled = switchFlag({ ...detail, default: false, help: 'Whether events and batches are kept small.' });
const maxBatchBytes = integerFlag({
  ...detail,
  default: 10 * 1024 * 1024,
  min: 1,
  help: 'The most bytes of a batch; it is split where it is larger.',
});
const maxEventBytes = integerFlag({
  ...detail,
  default: 100 * 1024,
  min: 1,
  help: 'The most bytes of an event: request and response are left out of a larger one, and it is dropped where that does not help.',
});

/** What is recorded of requests: kube-apiserver's flags, with its defaults. */
export const auditFlags = {
  auditPolicyFile: textFlag({
    ...audit,
    default: '',
    help: 'The policy (audit.k8s.io/v1) that says what is recorded of which requests; without one nothing is.',
  }),
  auditLogPath: textFlag({
    ...audit,
    default: '',
    help: 'Where events are written, a line for each; - stands for standard output.',
  }),
  auditLogFormat: choiceFlag(['json', 'legacy'], { ...audit, default: 'json', help: 'How a line of the log looks.' }),
  auditLogMaxage: integerFlag({
    ...audit,
    default: 366,
    min: 0,
    help: 'How many days logs that were set aside are kept; 0 for any age.',
  }),
  auditLogMaxbackup: integerFlag({
    ...audit,
    default: 100,
    min: 0,
    help: 'How many logs that were set aside are kept; 0 for any number.',
  }),
  auditLogMaxsize: integerFlag({
    ...audit,
    default: 100,
    min: 0,
    help: 'The size in MiB beyond which the log is set aside; 0 lets it grow.',
  }),
  auditLogCompress: switchFlag({ ...audit, default: false, help: 'Compresses logs that were set aside.' }),
  auditLogMode: choiceFlag(modes, { ...audit, default: 'blocking', help: MODE_HELP }),
  auditLogVersion: choiceFlag(versions, { ...detail, default: 'audit.k8s.io/v1', help: 'The version of events.' }),
  auditLogBatchBufferSize: bufferSize,
  auditLogBatchMaxSize: integerFlag({ ...detail, default: 1, min: 1, help: batchSize }),
  auditLogBatchMaxWait: durationFlag({ ...detail, default: '0s', help: wait }),
  auditLogBatchThrottleEnable: switchFlag({ ...detail, default: false, help: throttle }),
  auditLogBatchThrottleQps: qps,
  auditLogBatchThrottleBurst: burst,
  auditLogTruncateEnabled: truncateEnabled,
  auditLogTruncateMaxBatchSize: maxBatchBytes,
  auditLogTruncateMaxEventSize: maxEventBytes,
  auditWebhookConfigFile: textFlag({
    ...audit,
    default: '',
    help: 'A file in kubeconfig form that names the webhook to which events are posted.',
  }),
  auditWebhookMode: choiceFlag(modes, { ...audit, default: 'batch', help: MODE_HELP }),
  auditWebhookVersion: choiceFlag(versions, { ...detail, default: 'audit.k8s.io/v1', help: 'The version of events.' }),
  auditWebhookInitialBackoff: durationFlag({
    ...detail,
    default: '10s',
    positive: true,
    help: 'How long to wait before a batch that failed is posted again for the first time.',
  }),
  auditWebhookBatchInitialBackoff: durationFlag({
    ...detail,
    default: '0s',
    help: 'Deprecated: use --audit-webhook-initial-backoff.',
  }),
  auditWebhookBatchBufferSize: bufferSize,
  auditWebhookBatchMaxSize: integerFlag({ ...detail, default: 400, min: 1, help: batchSize }),
  auditWebhookBatchMaxWait: durationFlag({ ...detail, default: '30s', help: wait }),
  auditWebhookBatchThrottleEnable: switchFlag({ ...detail, default: true, help: throttle }),
  auditWebhookBatchThrottleQps: qps,
  auditWebhookBatchThrottleBurst: burst,
  auditWebhookTruncateEnabled: truncateEnabled,
  auditWebhookTruncateMaxBatchSize: maxBatchBytes,
  auditWebhookTruncateMaxEventSize: maxEventBytes,
};
