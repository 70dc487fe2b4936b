import { forbiddenResource } from '@kcp/api-machinery';
import type { Authorizer } from '@kcp/auth';
import type { Bindings } from '@kcp/cel';
import type { ObjectReader } from '@kcp/object-store';
import type { AdmissionAttributes } from '../admission.ts';
import { evaluateConditions } from '../matching/match-conditions.ts';
import { findMatch, type Match } from '../matching/match.ts';
import { RequestAuthorizer } from '../matching/request-authorizer.ts';
import { namespaceValue, objectValue, requestValue } from '../matching/request-value.ts';
import type { FindNamespace } from '../matching/selectors.ts';
import type { Shown, ShownObjects } from './shown.ts';
import type { Webhook } from './webhook.ts';

/** What it takes to know which webhooks are meant. */
export interface RelevanceDeps {
  readonly store: ObjectReader;
  /** For expressions that ask what somebody may. */
  readonly authorize: Authorizer;
}

/** A webhook that is to be asked, and what it is shown. */
export interface Relevant {
  readonly webhook: Webhook;
  readonly match: Match;
  readonly shown: Shown;
}

/** Namespaces of the request's own logical cluster, from the store. */
export function storedNamespaces(store: ObjectReader): FindNamespace {
  const bucket = { group: '', resource: 'namespaces' };
  return (cluster, name) => store.get(bucket, { cluster, namespace: '', name })?.decode();
}

/**
 * Whether a webhook is to be asked about a request; undefined where it is not. Throws ApiError: NotFound for the namespace, Forbidden
 * where a condition fails, InternalError where the objects cannot be converted.
 */
export async function relevant(
  webhook: Webhook,
  objects: ShownObjects,
  { attributes, deps }: { readonly attributes: AdmissionAttributes; readonly deps: RelevanceDeps },
): Promise<Relevant | undefined> {
  const match = findMatch(webhook.criteria, attributes, storedNamespaces(deps.store));
  if (match === undefined) return undefined;
  const shown = await objects.in(match);
  if (webhook.conditions.length > 0) {
    const outcome = await evaluateConditions(
      webhook.conditions,
      bindings(attributes, match, shown),
      new RequestAuthorizer(attributes, deps.authorize),
    );
    if (outcome.kind === 'noMatch') return undefined;
    if (outcome.kind === 'error') {
      if (webhook.failurePolicy === 'Ignore') return undefined;
      throw forbiddenResource(attributes.resource, attributes.name, outcome.message);
    }
  }
  return { webhook, match, shown };
}

function bindings(attributes: AdmissionAttributes, match: Match, { object, oldObject }: Shown): Bindings {
  return {
    object: objectValue(object),
    oldObject: objectValue(oldObject),
    request: requestValue(attributes, match),
    namespaceObject: namespaceValue(undefined),
  };
}
