import type { ApiError, JsonObject, KubeObject } from '@kcp/api-machinery';
import { equal, asJson } from '@kcp/api-machinery';
import type { Strategy, WriteContext } from '@kcp/apiserver';
import type { Authorizer, EscalationCheck, Rbac } from '@kcp/auth';
import { bindingWriteRefusal, decodeBinding, decodeRole, roleWriteRefusal } from '@kcp/auth';

/** What escalation checks ask. */
export interface RbacGuard {
  readonly rbac: Rbac;
  /** The whole chain of authorizers, for the verbs bind and escalate. */
  readonly authorize: Authorizer;
}

type Refusal = (check: EscalationCheck, object: JsonObject) => Promise<ApiError | undefined>;

/** True where an update only lets an object go away: owners and finalizers differ, nothing else. */
function isOnlyForCollection(object: KubeObject, old: KubeObject): boolean {
  const bare = ({ metadata, ...rest }: KubeObject): JsonObject => {
    const { ownerReferences: _o, finalizers: _f, managedFields: _m, resourceVersion: _r, ...kept } = metadata;
    return { ...rest, metadata: kept };
  };
  return equal(bare(object), bare(old));
}

/** Asks before an object is written: nobody hands on rights that they do not have. */
function guarded(guard: RbacGuard, refusal: Refusal): Pick<Strategy, 'authorizeCreate' | 'authorizeUpdate'> {
  const ask = async (object: KubeObject, { user, cluster, namespace, name }: WriteContext): Promise<void> => {
    const error = await refusal(
      { ...guard, standpoint: { user, cluster, namespace }, requestName: name },
      asJson(object),
    );
    if (error !== undefined) throw error;
  };
  return {
    authorizeCreate: ask,
    authorizeUpdate: async (object, old, context) => {
      if (!isOnlyForCollection(object, old)) await ask(object, context);
    },
  };
}

/** The part of a strategy that asks before a role is written. */
export function guardedRole(guard: RbacGuard): ReturnType<typeof guarded> {
  return guarded(guard, (check, object) => roleWriteRefusal(check, decodeRole(object)));
}

/** The part of a strategy that asks before a binding is written. */
export function guardedBinding(guard: RbacGuard): ReturnType<typeof guarded> {
  return guarded(guard, (check, object) => bindingWriteRefusal(check, decodeBinding(object)));
}
