import type { Post } from '@kcp/audit';
import { createOutbound } from '@kcp/outbound';
import type { Meter } from '@kcp/telemetry';
import { readWebhookKubeconfig } from './webhook-kubeconfig.ts';

/** What the webhook's calls are bounded by: more than are under way at once never come. */
const CALLS = 64;

/**
 * Posts to the webhook that a file in kubeconfig form names. The operator chose the address, so any is allowed. Rejects with
 * OptionFileError; the connections end with the stack.
 */
export async function auditWebhook(file: string, meter: Meter, owned: AsyncDisposableStack): Promise<Post> {
  const { url, tls, authorization } = await readWebhookKubeconfig(file);
  const limits = { perTenant: CALLS, queuePerTenant: 1024, total: CALLS };
  const outbound = owned.use(createOutbound({ policy: 'unrestricted', limits, meter }));
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json',
    ...(authorization !== undefined && { authorization }),
  };
  return async (body, signal) => {
    const call = { tenant: 'audit', url, method: 'POST', headers, body, signal, ...(tls && { tls }) };
    const { status } = await outbound.send(call);
    return status;
  };
}
