import { ApiError, type KubeObject } from '@kcp/api-machinery';
import type { AdmissionAttributes, AdmissionPlugin, Mutation } from '../admission.ts';
import { isExempt } from '../matching/exempt.ts';
import { applyAnswer } from './apply-answer.ts';
import { CallFailure, internalError } from './call-failure.ts';
import { callWebhook } from './call-webhook.ts';
import { webhookConfigurations } from './configurations.ts';
import { Reinvocations, type Reinvocation } from './reinvocation.ts';
import { relevant, type Relevant } from './relevance.ts';
import { ShownObjects, withoutShown } from './shown.ts';
import type { WebhookDeps } from './validating.ts';
import type { Webhook } from './webhook.ts';

/** How long the mutating webhooks of one request may take together (k8s.io/apiserver requestTimeoutUpperBound). */
const REQUEST_MS = 34_000;

const MUTATED = 'mutation.webhook.admission.k8s.io/';

/** Asks the mutating webhooks of the request's own logical cluster, one after the other (k8s.io/apiserver MutatingAdmissionWebhook). */
export function mutatingWebhooks(deps: WebhookDeps): AdmissionPlugin {
  const webhooksOf = webhookConfigurations({ store: deps.store, resource: 'mutatingwebhookconfigurations' });
  const reinvocations = new Reinvocations();
  return {
    name: 'MutatingAdmissionWebhook',
    asksOthers: (cluster) => webhooksOf(cluster).length > 0,
    mutate: (attributes, mutation) => {
      const webhooks = webhooksOf(attributes.cluster);
      if (webhooks.length === 0 || isExempt(attributes)) return attributes.object;
      return new MutatingPass(attributes, {
        deps,
        mutation,
        reinvocation: reinvocations.of(mutation, deps.clock()),
      }).run(webhooks);
    },
  };
}

interface PassParts {
  readonly deps: WebhookDeps;
  readonly mutation: Mutation;
  readonly reinvocation: Reinvocation;
}

/** One pass over the webhooks of one request. */
class MutatingPass {
  #attributes: AdmissionAttributes;
  #objects: ShownObjects;
  readonly #parts: PassParts;

  constructor(attributes: AdmissionAttributes, parts: PassParts) {
    this.#attributes = attributes;
    this.#objects = new ShownObjects(attributes);
    this.#parts = parts;
  }

  async run(webhooks: readonly Webhook[]): Promise<KubeObject | undefined> {
    const { mutation, reinvocation, deps } = this.#parts;
    if (mutation.isSecondPass) reinvocation.resume(this.#attributes.object);
    for (const [index, webhook] of webhooks.entries()) {
      if (mutation.isSecondPass && !reinvocation.isWanted(webhook.id)) continue;
      const found = await relevant(webhook, this.#objects, { attributes: this.#attributes, deps });
      if (found) await this.#ask(found, index);
    }
    reinvocation.suspend(this.#attributes.object);
    return this.#attributes.object;
  }

  async #ask(found: Relevant, index: number): Promise<void> {
    const { webhook } = found;
    const { mutation, reinvocation } = this.#parts;
    const place = `round_${mutation.isSecondPass ? 1 : 0}_index_${index}`;
    let changed = false;
    try {
      changed = await this.#take(found);
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      if (webhook.failurePolicy === 'Fail') throw internalError(error.message, error);
      this.#attributes.annotate(`failed-open.${MUTATED}${place}`, webhook.name);
    }
    const { configuration, name } = webhook;
    this.#attributes.annotate(`${MUTATED}${place}`, JSON.stringify({ configuration, webhook: name, mutated: changed }));
    if (changed) {
      reinvocation.changed();
      mutation.askAgain();
    }
    if (webhook.isReinvoked) reinvocation.asked(webhook.id);
  }

  /** At least one. Throws Timeout where there is none: however many webhooks take their time, the request does not wait for ever. */
  #secondsLeft(): number {
    const { deps, reinvocation } = this.#parts;
    const left = Math.ceil((reinvocation.began + REQUEST_MS - deps.clock()) / 1_000);
    if (left <= 0) throw new ApiError('Timeout', 'Timeout: request did not complete within requested timeout');
    return left;
  }

  /** True where the webhook changed the object. */
  async #take(found: Relevant): Promise<boolean> {
    const attributes = this.#attributes;
    const answer = await callWebhook(found, attributes, {
      ...this.#parts.deps,
      isMutating: true,
      seconds: this.#secondsLeft(),
    });
    const after = applyAnswer(found, answer, attributes);
    const { object: before } = attributes;
    if (after === undefined || after === found.shown.object || before === undefined) return false;
    const own = found.match.equivalent ? await found.match.equivalent.from(after) : after;
    this.#attributes = { ...attributes, object: withoutShown(own, before), name: attributes.name };
    this.#objects = new ShownObjects(this.#attributes);
    return true;
  }
}
