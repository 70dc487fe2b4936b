import { forbiddenError, type Attributes, type Authorizer, type Decision } from '@kcp/auth';
import type { WriteDeps } from '../write/write-request.ts';
import type { ResourceTarget } from './target.ts';

/** What writes that may create need beside what all writes need. */
export interface CreatingDeps extends WriteDeps {
  readonly authorize: Authorizer;
}

/**
 * Asks whether somebody who changes an object may create it, where it turns out not to be there (k8s.io/apiserver
 * handlers.withAuthorization). Throws Forbidden.
 */
export function mayCreate(
  { authorize }: CreatingDeps,
  { exchange, info, key }: ResourceTarget,
): () => void | Promise<void> {
  const { group, version, resource, subresource, namespace } = info;
  const attributes: Attributes = {
    kind: 'resource',
    user: exchange.user,
    cluster: key.cluster,
    verb: 'create',
    group,
    version,
    resource,
    subresource,
    namespace,
    name: key.name,
  };
  return () => {
    const asked = authorize(attributes);
    return asked instanceof Promise
      ? asked.then((decision) => refuseUnlessAllowed(attributes, decision))
      : refuseUnlessAllowed(attributes, asked);
  };
}

function refuseUnlessAllowed(attributes: Attributes, { kind, reason }: Decision): void {
  if (kind !== 'allow') throw forbiddenError(attributes, reason);
}
