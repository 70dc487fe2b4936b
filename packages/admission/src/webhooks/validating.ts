import type { AdmissionAttributes, AdmissionPlugin } from '../admission.ts';
import { isExempt } from '../matching/exempt.ts';
import { CallFailure, internalError } from './call-failure.ts';
import { callWebhook, type CallDeps } from './call-webhook.ts';
import { webhookConfigurations } from './configurations.ts';
import { relevant, type Relevant, type RelevanceDeps } from './relevance.ts';
import { ShownObjects } from './shown.ts';
import type { Webhook } from './webhook.ts';

/** What webhook plug-ins need of the world around them. */
export type WebhookDeps = RelevanceDeps & CallDeps;

const FAILED_OPEN = 'failed-open.validating.webhook.admission.k8s.io/round_0_index_';

/** Asks the validating webhooks of the request's own logical cluster, all at once (k8s.io/apiserver ValidatingAdmissionWebhook). */
export function validatingWebhooks(deps: WebhookDeps): AdmissionPlugin {
  const webhooksOf = webhookConfigurations({ store: deps.store, resource: 'validatingwebhookconfigurations' });
  return {
    name: 'ValidatingAdmissionWebhook',
    asksOthers: (cluster) => webhooksOf(cluster).length > 0,
    validate: (attributes) => {
      const webhooks = webhooksOf(attributes.cluster);
      return webhooks.length === 0 || isExempt(attributes) ? undefined : askAll(webhooks, attributes, deps);
    },
  };
}

async function askAll(webhooks: readonly Webhook[], attributes: AdmissionAttributes, deps: WebhookDeps): Promise<void> {
  const objects = new ShownObjects(attributes);
  const chosen: Relevant[] = [];
  for (const webhook of webhooks) {
    const found = await relevant(webhook, objects, { attributes, deps });
    if (found) chosen.push(found);
  }
  // all are waited for: what a later one warns of is told, too
  const outcomes = await Promise.allSettled(chosen.map((one, index) => ask(one, index, { attributes, deps })));
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
}

async function ask(
  chosen: Relevant,
  index: number,
  { attributes, deps }: { readonly attributes: AdmissionAttributes; readonly deps: WebhookDeps },
): Promise<void> {
  try {
    await callWebhook(chosen, attributes, { ...deps, isMutating: false, seconds: chosen.webhook.timeoutSeconds });
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error;
    if (chosen.webhook.failurePolicy === 'Fail') throw internalError(error.message, error);
    attributes.annotate(`${FAILED_OPEN}${index}`, chosen.webhook.name);
  }
}
