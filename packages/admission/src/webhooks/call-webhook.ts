import { badRequest } from '@kcp/api-machinery';
import { askWebhook, ReviewError, type Outbound } from '@kcp/outbound';
import type { AdmissionAttributes } from '../admission.ts';
import { requestFacts } from '../matching/request-value.ts';
import { AnswerError, readAnswer, type Answer } from './answer.ts';
import { CallFailure } from './call-failure.ts';
import { denial } from './denial.ts';
import type { Patience } from './patience.ts';
import type { Relevant } from './relevance.ts';

/** By what webhooks are called. */
export interface CallDeps {
  readonly outbound: Outbound;
  readonly newUid: () => string;
  readonly patience: Patience;
  /** In milliseconds. */
  readonly clock: () => number;
}

/** How one webhook is asked. */
export interface CallOptions {
  readonly isMutating: boolean;
  /** What is left of the time of the request; the webhook has no more, whatever its own limit is. */
  readonly seconds: number;
}

/**
 * Asks one webhook about a request; what it says beside yes or no reaches the client and the audit log. Throws CallFailure where it
 * cannot be asked, ApiError where it refuses, or where a dry run must not reach it.
 */
export async function callWebhook(
  { webhook, match, shown }: Relevant,
  attributes: AdmissionAttributes,
  { outbound, newUid, patience, isMutating, seconds }: Omit<CallDeps, 'clock'> & CallOptions,
): Promise<Answer> {
  const { name, reviewVersion: version } = webhook;
  if (attributes.dryRun && webhook.hasSideEffects)
    throw badRequest(`admission webhook ${JSON.stringify(name)} does not support dry run`);
  if (version === undefined) {
    const why = 'webhook does not accept known AdmissionReview versions (v1, v1beta1)';
    throw new CallFailure(name, `could not create admission objects: ${why}`);
  }
  const timeoutSeconds = Math.min(patience.secondsFor(webhook, attributes), seconds);
  const measured = patience.measure(attributes);
  const uid = newUid();
  const { object = null, oldObject = null } = shown;
  const request = { uid, ...requestFacts(attributes, match), object, oldObject };
  const answer = await asked(name, async () => {
    const review = await askWebhook(outbound, {
      tenant: attributes.cluster,
      address: webhook.address,
      timeoutSeconds,
      apiVersion: `admission.k8s.io/${version}`,
      kind: 'AdmissionReview',
      request,
    });
    return readAnswer(review, { uid, version, isMutating });
  }).finally(measured);
  for (const [key, value] of Object.entries(answer.auditAnnotations)) attributes.annotate(`${name}/${key}`, value);
  for (const warning of answer.warnings) attributes.warn(warning);
  if (!answer.allowed) throw denial(name, answer.status);
  return answer;
}

async function asked(webhook: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ReviewError) throw new CallFailure(webhook, `failed to call webhook: ${error.message}`, error);
    if (error instanceof AnswerError)
      throw new CallFailure(webhook, `received invalid webhook response: ${error.message}`, error);
    throw error;
  }
}
