import { isEffectivelyIn, KCP_ADMIN, MASTERS, type Attributes, type Authorizer } from '@kcp/auth';
import { warn, type Exchange } from './exchange.ts';

/** What the reason of a step begins with that left the decision to the next one. */
const LEFT = 'delegating due to ';

/**
 * True for whoever administers everything, or is somebody else for the moment: they may know why a request is refused. To others
 * a refusal says the same whatever its cause.
 */
export function mayKnowWhy({
  cluster,
  user,
  requestor = user,
}: Pick<Exchange, 'cluster' | 'user' | 'requestor'>): boolean {
  if (requestor.groups.includes(MASTERS)) return true;
  return typeof cluster === 'string' && isEffectivelyIn(requestor, cluster, KCP_ADMIN);
}

/** Adds a Warning that says which step of authorization refused what, and why. Asks once more: refusals of administrators are rare. */
export async function explainRefusal(
  exchange: Pick<Exchange, 'warnings'>,
  attributes: Attributes,
  authorize: Authorizer,
): Promise<void> {
  const steps: string[] = [];
  const record: Attributes['record'] = (step, { kind, reason }) => {
    if (kind === 'allow' || reason.startsWith(LEFT)) return;
    steps.push(`${step}: ${reason.replace(/:? *$/, '') || 'no opinion'}`);
  };
  await authorize({ ...attributes, record });
  if (steps.length === 0) return;
  warn(
    exchange,
    `${whatOf(attributes)} in logical cluster "${whereOf(attributes)}" was refused by ${steps.join('; ')}`,
  );
}

function whatOf(attributes: Attributes): string {
  if (attributes.kind === 'path') return `${attributes.verb} ${attributes.path}`;
  const { verb, group, resource, subresource, namespace, name } = attributes;
  const kind = [resource, ...(group === '' ? [] : [group])].join('.') + (subresource === '' ? '' : `/${subresource}`);
  const which = [namespace, name].filter((part) => part !== '').join('/');
  return `${verb} ${kind}${which === '' ? '' : ` ${which}`}`;
}

function whereOf({ cluster }: Attributes): string {
  return typeof cluster === 'string' ? cluster : '*';
}
