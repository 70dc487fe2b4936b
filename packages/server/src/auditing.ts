import type { Audit, Exchange } from '@kcp/apiserver';
import {
  openAudit,
  sourceIps,
  type AuditedAttributes,
  type AuditParts,
  type Recorder,
  type RequestFacts,
} from '@kcp/audit';
import type { ObjectReader } from '@kcp/object-store';
import { readAuditPolicy } from './audit-policy-file.ts';
import { auditLogOptions, auditWebhookOptions, type AuditSettings } from './audit-settings.ts';
import { auditWebhook } from './audit-webhook.ts';
import { storedLogicalCluster } from '@kcp/tenancy';

/** How long events may take to be brought home when the server stops. */
const GRACE_MS = 10_000;

/**
 * Opens what events are recorded with, where the settings ask for it; it ends with the stack. Rejects with an error that names
 * the file where the policy, the log or the webhook's configuration is no good.
 */
export async function startAuditing(
  { policyFile, log, webhook }: AuditSettings,
  parts: AuditParts & { readonly store: ObjectReader },
  owned: AsyncDisposableStack,
): Promise<Audit | undefined> {
  const policy = policyFile === undefined ? undefined : await readAuditPolicy(policyFile);
  if (!log && !webhook) return undefined;
  if (!policy) {
    parts.logger.warn('no audit policy: no events will be recorded', { log: log?.path, webhook: webhook?.configFile });
    return undefined;
  }
  const post = webhook && (await auditWebhook(webhook.configFile, parts.meter, owned));
  const audit = await openAudit(
    {
      policy,
      ...(log && { log: auditLogOptions(log) }),
      ...(webhook && post && { webhook: auditWebhookOptions(webhook, post) }),
    },
    parts,
  );
  owned.defer(() => audit.close(GRACE_MS));
  return auditOf(audit.recorder, parts.store);
}

/** The annotation of a LogicalCluster that has its path. */
const PATH = 'kcp.io/path';

/** Lets the pipeline's requests be recorded, each with the logical cluster that it is for (kcp's WithAuditEventClusterAnnotation). */
function auditOf(recorder: Recorder, store: ObjectReader): Audit {
  return {
    begin: (exchange) => recorder.begin(auditedAttributes(exchange), () => factsOf(exchange, store)),
    rejected: () => recorder.rejected(),
  };
}

function auditedAttributes({ user, info }: Exchange): AuditedAttributes {
  return { user, ...info };
}

function factsOf(exchange: Exchange, store: ObjectReader): RequestFacts {
  const { request, path, auditId, received, user } = exchange;
  return {
    auditId,
    requestUri: request.query === '' ? path : `${path}?${request.query}`,
    sourceIps: sourceIps({
      address: request.peer.address,
      forwardedFor: request.header('x-forwarded-for'),
      realIp: request.header('x-real-ip'),
    }),
    userAgent: request.header('user-agent') ?? '',
    received,
    user,
    annotations: clusterAnnotations(exchange, store),
  };
}

function clusterAnnotations({ cluster }: Exchange, store: ObjectReader): RequestFacts['annotations'] {
  if (typeof cluster !== 'string') return [];
  const object = storedLogicalCluster(store, cluster)?.decode();
  return [
    [PATH, object?.metadata.annotations?.[PATH] ?? ''],
    ['kcp.io/cluster', cluster],
    ['tenancy.kcp.io/workspace', cluster],
  ];
}
