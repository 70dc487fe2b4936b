import { ApiError } from '@kcp/api-machinery';
import { forbiddenError, type Attributes, type Authorizer, type Decision } from '@kcp/auth';
import type { RequestAudit } from './audit.ts';
import type { Exchange } from './exchange.ts';
import { explainRefusal, mayKnowWhy } from './refusal.ts';

/**
 * Asks whether a request may go on. Throws Forbidden, or InternalError where nobody could decide; whoever administers everything is
 * told why by a Warning.
 */
export function authorize(exchange: Exchange, deps: { readonly authorize: Authorizer }): void | Promise<void> {
  const attributes = attributesOf(exchange);
  const refused = (refusal: unknown): Promise<void> => refuse(exchange, { attributes, refusal, ...deps });
  try {
    const asked = ask(attributes, deps.authorize, exchange.audit);
    return asked instanceof Promise ? asked.catch(refused) : undefined;
  } catch (refusal) {
    return refused(refusal);
  }
}

function ask(attributes: Attributes, authorizer: Authorizer, audit: RequestAudit | undefined): void | Promise<void> {
  if (audit) return authorizeRecorded(attributes, authorizer, audit);
  const asked = authorizer(attributes);
  return asked instanceof Promise ? asked.then((decision) => permit(attributes, decision)) : permit(attributes, asked);
}

interface Refused {
  readonly attributes: Attributes;
  readonly refusal: unknown;
  readonly authorize: Authorizer;
}

async function refuse(exchange: Exchange, { attributes, refusal, authorize: asked }: Refused): Promise<never> {
  if (mayKnowWhy(exchange)) await explainRefusal(exchange, attributes, asked);
  throw refusal;
}

/** What authorization is asked about a request. */
export function attributesOf({ user, cluster, info }: Exchange): Attributes {
  if (info.kind === 'path') return { kind: 'path', user, cluster, verb: info.verb, path: info.path };
  const { verb, group, version, resource, subresource, namespace, name } = info;
  return { kind: 'resource', user, cluster, verb, group, version, resource, subresource, namespace, name };
}

function permit(attributes: Attributes, { kind, reason, error }: Decision): void {
  if (kind === 'allow') return;
  if (kind === 'noOpinion' && error) {
    throw new ApiError('InternalError', 'Internal error occurred: authorization could not be decided', {
      cause: error,
    });
  }
  throw forbiddenError(attributes, reason);
}

const DECISIONS: Readonly<Record<Decision['kind'], string>> = {
  allow: 'Allowed',
  deny: 'Denied',
  noOpinion: 'NoOpinion',
};

/** A decision as kcp writes it down. */
export function decisionText(kind: Decision['kind']): string {
  return DECISIONS[kind];
}

const DECISION = 'authorization.k8s.io/decision';
const REASON = 'authorization.k8s.io/reason';

/** Writes down the answer, as k8s.io/apiserver does, and what each step of the chain said by itself, as kcp does. */
function authorizeRecorded(attributes: Attributes, authorizer: Authorizer, audit: RequestAudit): void | Promise<void> {
  const recorded: Attributes = {
    ...attributes,
    record: (step, { kind, reason }) => {
      audit.annotate(`request.auth.kcp.io/${step}-decision`, decisionText(kind));
      audit.annotate(`request.auth.kcp.io/${step}-reason`, reason);
    },
  };
  const settle = (decision: Decision): void => {
    const { kind, reason, error } = decision;
    const undecided = kind === 'noOpinion' && error !== undefined;
    if (!undecided) audit.annotate(DECISION, kind === 'allow' ? 'allow' : 'forbid');
    audit.annotate(REASON, undecided ? 'internal error' : reason);
    permit(attributes, decision);
  };
  const asked = authorizer(recorded);
  return asked instanceof Promise ? asked.then(settle) : settle(asked);
}
