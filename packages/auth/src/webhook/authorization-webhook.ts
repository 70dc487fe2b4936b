import { LRUCache } from 'lru-cache';
import type { JsonObject } from '@kcp/api-machinery';
import type { Logger } from '@kcp/telemetry';
import { NO_OPINION, unionAuthorizers } from '../authorization/combine.ts';
import type { Attributes, Authorizer, Decision } from '../authorizer.ts';
import { effectiveUsers } from '../effective-users.ts';
import { MASTERS, WEBHOOK_CLUSTER_EXTRA } from '../well-known.ts';
import { postReview, type ReviewCalls } from './post-review.ts';
import { flagIn, textIn } from './status-fields.ts';

/** What is asked with. */
export interface AuthorizationWebhookOptions extends ReviewCalls {
  readonly version: 'v1' | 'v1beta1';
  /** How long a yes is remembered, in milliseconds. */
  readonly allowedMs: number;
  /** How long anything else is. */
  readonly otherMs: number;
  /** How many answers are remembered. */
  readonly maxEntries?: number;
  readonly logger: Logger;
}

interface Remembered {
  readonly decision: Decision;
  readonly until: number;
}

/** Questions in which the asker chose more than so many characters are not remembered: they may be meant to fill the memory. */
const MAX_CHOSEN = 10_000;

/**
 * Asks a server whether somebody may (authorizer/webhook), with the logical cluster as an extra. Masters are not asked about. Where
 * the server fails it has no opinion, and the decision carries the error. Every identity that counts in the logical
 * cluster is asked about by itself (kcp's WithWarrantsAndScopes).
 */
export function authorizationWebhook(options: AuthorizationWebhookOptions): Authorizer {
  const one = rememberedWebhook(options);
  return (attributes) => {
    const { user, cluster } = attributes;
    if (user.groups.includes(MASTERS)) return { kind: 'allow', reason: '' };
    if (typeof cluster !== 'string') return one(attributes);
    const users = effectiveUsers(user, cluster);
    if (users.length === 1) return one({ ...attributes, user: users[0] ?? user });
    return unionAuthorizers(
      ...users.map(
        (each): Authorizer =>
          (asked) =>
            one({ ...asked, user: each }),
      ),
    )(attributes);
  };
}

function rememberedWebhook(options: AuthorizationWebhookOptions): Authorizer {
  const answers = new LRUCache<string, Remembered>({ max: options.maxEntries ?? 8_192 });
  const { clock, allowedMs, otherMs, logger } = options;
  const ask = async (attributes: Attributes, { spec, key }: { spec: JsonObject; key: string }): Promise<Decision> => {
    const apiVersion = `authorization.k8s.io/${options.version}`;
    let decision: Decision;
    try {
      decision = decisionOf(await postReview({ apiVersion, kind: 'SubjectAccessReview', spec }, options));
    } catch (error) {
      logger.error('the authorization webhook failed', { error, url: options.endpoint.url });
      return { ...NO_OPINION, error: new Error('the authorization webhook failed', { cause: error }) };
    }
    const keepMs = decision.kind === 'allow' ? allowedMs : otherMs;
    if (keepMs > 0 && chosenSize(attributes) < MAX_CHOSEN) answers.set(key, { decision, until: clock() + keepMs });
    return decision;
  };
  return (attributes) => {
    const spec = reviewSpec(attributes, options.version);
    const key = JSON.stringify(spec);
    const known = answers.get(key);
    return known && known.until > clock() ? known.decision : ask(attributes, { spec, key });
  };
}

function decisionOf(status: JsonObject): Decision {
  const reason = textIn(status, 'reason');
  const [allowed, denied] = [flagIn(status, 'allowed'), flagIn(status, 'denied')];
  if (denied) return { kind: 'deny', reason };
  return { kind: allowed ? 'allow' : 'noOpinion', reason };
}

function reviewSpec(attributes: Attributes, version: 'v1' | 'v1beta1'): JsonObject {
  const { user, cluster } = attributes;
  const extra = { ...user.extra, [WEBHOOK_CLUSTER_EXTRA]: [typeof cluster === 'string' ? cluster : '*'] };
  return {
    ...(attributes.kind === 'path'
      ? { nonResourceAttributes: filled({ path: attributes.path, verb: attributes.verb }) }
      : { resourceAttributes: resourceAttributes(attributes) }),
    ...filled({ user: user.name }),
    ...(user.groups.length > 0 && { [version === 'v1' ? 'groups' : 'group']: user.groups }),
    extra,
    ...filled({ uid: user.uid }),
  };
}

function resourceAttributes(attributes: Extract<Attributes, { kind: 'resource' }>): JsonObject {
  const { namespace, verb, group, version, resource, subresource, name } = attributes;
  return filled({ namespace, verb, group, version, resource, subresource, name });
}

/** Without what is empty, as Go leaves it out. */
function filled(fields: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
}

function chosenSize(attributes: Attributes): number {
  const { verb } = attributes;
  if (attributes.kind === 'path') return verb.length + attributes.path.length;
  const { namespace, group, version, resource, subresource, name } = attributes;
  return [verb, namespace, group, version, resource, subresource, name].reduce((sum, text) => sum + text.length, 0);
}
