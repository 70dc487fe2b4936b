import {
  isArray,
  isObject,
  own,
  selectorFromLabelSelector,
  type JsonObject,
  type KubeObject,
} from '@kcp/api-machinery';
import { decodeWebhookAddress, type WebhookAddress } from '@kcp/outbound';
import type { CompileConditions, MatchCondition } from '../matching/match-conditions.ts';
import type { MatchCriteria } from '../matching/match.ts';
import { decodeRules } from '../matching/rule.ts';

/** A webhook of a configuration, read once per generation. */
export interface Webhook {
  readonly name: string;
  /** The name of the configuration that it is part of. */
  readonly configuration: string;
  /** Names it among all webhooks of a logical cluster. */
  readonly id: string;
  readonly address: WebhookAddress;
  readonly criteria: MatchCriteria;
  readonly conditions: readonly MatchCondition[];
  /** Ignore: a call that fails lets the request pass. */
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly timeoutSeconds: number;
  readonly hasSideEffects: boolean;
  /** The first version of AdmissionReview in its list that is known; undefined where none is. */
  readonly reviewVersion: 'v1' | 'v1beta1' | undefined;
  /** Mutating ones only: asked again where another changed the object after it. */
  readonly isReinvoked: boolean;
}

const DEFAULT_TIMEOUT = 10;
const MAX_TIMEOUT = 30;

/** The webhooks of a stored configuration, in its order. What validation would refuse cannot be called and says so then. */
export function decodeWebhooks(configuration: KubeObject, compile: CompileConditions): readonly Webhook[] {
  const hooks = own(configuration, 'webhooks');
  if (hooks === undefined || !isArray(hooks)) return [];
  const name = configuration.metadata.name ?? '';
  return hooks.filter(isObject).map((hook, at) => decodeWebhook(hook, { configuration: name, at, compile }));
}

interface Place {
  readonly configuration: string;
  readonly at: number;
  readonly compile: CompileConditions;
}

function decodeWebhook(hook: JsonObject, { configuration, at, compile }: Place): Webhook {
  const name = textOf(hook, 'name');
  const seconds = own(hook, 'timeoutSeconds');
  const sideEffects = textOf(hook, 'sideEffects');
  return {
    name,
    configuration,
    id: `${configuration}/${name}/${at}`,
    address: decodeWebhookAddress(objectOf(hook, 'clientConfig') ?? {}),
    criteria: {
      rules: decodeRules(hook, 'rules'),
      matchPolicy: textOf(hook, 'matchPolicy') === 'Exact' ? 'Exact' : 'Equivalent',
      namespaceSelector: selectorFromLabelSelector(objectOf(hook, 'namespaceSelector') ?? {}),
      objectSelector: selectorFromLabelSelector(objectOf(hook, 'objectSelector') ?? {}),
    },
    conditions: compile(hook),
    failurePolicy: textOf(hook, 'failurePolicy') === 'Ignore' ? 'Ignore' : 'Fail',
    timeoutSeconds: typeof seconds === 'number' ? Math.min(Math.max(1, seconds), MAX_TIMEOUT) : DEFAULT_TIMEOUT,
    hasSideEffects: sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun',
    reviewVersion: reviewVersionOf(hook),
    isReinvoked: textOf(hook, 'reinvocationPolicy') === 'IfNeeded',
  };
}

function reviewVersionOf(hook: JsonObject): Webhook['reviewVersion'] {
  const versions = own(hook, 'admissionReviewVersions');
  if (versions === undefined || !isArray(versions)) return undefined;
  for (const version of versions) {
    if (version === 'v1' || version === 'v1beta1') return version;
  }
  return undefined;
}

function textOf(json: JsonObject, field: string): string {
  const value = own(json, field);
  return typeof value === 'string' ? value : '';
}

function objectOf(json: JsonObject, field: string): JsonObject | undefined {
  const value = own(json, field);
  return value !== undefined && isObject(value) ? value : undefined;
}
