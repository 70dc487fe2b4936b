import type { Attributes, Authorizer } from '@kcp/auth';
import { wildcard } from '@kcp/logical-cluster';
import { workspaceTypes } from '@kcp/tenancy';
import type { LifecycleKind } from './lifecycle-kind.ts';
import type { LifecycleType } from './lifecycle-type.ts';

/**
 * Who may act for a type: whoever has its verb on the type, in the type's own logical cluster. The answer is the same whether the type is
 * missing, or there and not theirs. Where a name belongs to no type only those are let in who are let in everywhere.
 */
export function mayAct(kind: LifecycleKind, type: LifecycleType | undefined, authorize: Authorizer): Authorizer {
  return (attributes) => authorize(type === undefined ? anywhere(attributes) : onType(kind, type, attributes));
}

function anywhere({ user }: Attributes): Attributes {
  return { kind: 'path', user, cluster: wildcard, verb: 'get', path: '/services' };
}

function onType({ verb }: LifecycleKind, { cluster, name }: LifecycleType, { user, record }: Attributes): Attributes {
  const resource = { ...workspaceTypes.resource, subresource: '', namespace: '', name };
  return { kind: 'resource', user, cluster, verb, ...resource, ...(record && { record }) };
}
