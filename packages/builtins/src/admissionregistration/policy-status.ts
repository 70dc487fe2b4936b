import type { FieldError, JsonObject, KubeObject } from '@kcp/api-machinery';
import { invalid, isQualifiedName, itemPath, notSupported, required, tooLong } from '@kcp/api-machinery';
import type { Reconcile, ReconcileKey } from '@kcp/controller';
import { done } from '@kcp/controller';
import type { Bucket, FollowedChange } from '@kcp/object-store';
import type { ReconcileDeps } from '../controllers/deps.ts';
import { unlessOvertaken } from '../controllers/deps.ts';
import { numberAt, objectAt, objectsAt, textAt } from '../fields.ts';

/** Where validating policies are stored. */
export const validatingPolicyBucket: Bucket = {
  group: 'admissionregistration.k8s.io',
  resource: 'validatingadmissionpolicies',
};

const STATUSES = ['False', 'True', 'Unknown'];
const REASON = /^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/;
const LONGEST_REASON = 1024;
const LONGEST_MESSAGE = 32_768;

/** What is wrong with the status of a policy: warnings say what of and where, conditions are whole. */
export function policyStatusErrors(object: KubeObject): FieldError[] {
  const status = objectAt(object, 'status');
  const path = 'status.typeChecking.expressionWarnings';
  return [
    ...objectsAt(objectAt(status, 'typeChecking'), 'expressionWarnings').flatMap((warning, at) =>
      ['warning', 'fieldRef']
        .filter((field) => textAt(warning, field).trim() === '')
        .map((field) => required(`${itemPath(path, at)}.${field}`)),
    ),
    ...objectsAt(status, 'conditions').flatMap((condition, at) =>
      conditionErrors(condition, itemPath('status.conditions', at)),
    ),
  ];
}

/** What is wrong with a condition (metav1/validation ValidateConditions). */
function conditionErrors(condition: JsonObject, path: string): FieldError[] {
  const [type, status, reason] = [textAt(condition, 'type'), textAt(condition, 'status'), textAt(condition, 'reason')];
  const errors = isQualifiedName(type).map((message) => invalid(`${path}.type`, type, message));
  if (!STATUSES.includes(status)) errors.push(notSupported(`${path}.status`, status, STATUSES));
  const generation = numberAt(condition, 'observedGeneration') ?? 0;
  if (generation < 0)
    errors.push(invalid(`${path}.observedGeneration`, generation, 'must be greater than or equal to zero'));
  if (textAt(condition, 'lastTransitionTime') === '')
    errors.push(required(`${path}.lastTransitionTime`, 'must be set'));
  if (reason === '') errors.push(required(`${path}.reason`, 'must be set'));
  else if (reason.length > LONGEST_REASON) errors.push(tooLong(`${path}.reason`, LONGEST_REASON));
  else if (!REASON.test(reason))
    errors.push(
      invalid(
        `${path}.reason`,
        reason,
        "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')",
      ),
    );
  if (textAt(condition, 'message').length > LONGEST_MESSAGE) errors.push(tooLong(`${path}.message`, LONGEST_MESSAGE));
  return errors;
}

function isObserved(policy: KubeObject): boolean {
  return numberAt(objectAt(policy, 'status'), 'observedGeneration') === policy.metadata.generation;
}

/** Policies whose present spec nobody has looked at. */
export function policyStatusKeys({ kind, object }: FollowedChange): readonly ReconcileKey[] {
  return kind === 'put' && !isObserved(object.decode()) ? [object.key] : [];
}

/**
 * Says in the status which generation of a policy was looked at (kube-controller-manager's
 * validatingadmissionpolicy-status). Expressions are checked when a policy is written; there is nothing to warn of later.
 */
export function policyStatus({ store, writer }: ReconcileDeps): Reconcile {
  return async (key) => {
    const policy = store.get(validatingPolicyBucket, key)?.decode();
    if (policy === undefined || policy.metadata.deletionTimestamp !== undefined || isObserved(policy)) return done;
    const address = { ...key, resource: { ...validatingPolicyBucket, version: 'v1' } };
    const write = (old: KubeObject): KubeObject => {
      if (isObserved(old)) return old;
      const observed = { observedGeneration: old.metadata.generation ?? 0, typeChecking: {} };
      return { ...old, status: { ...objectAt(old, 'status'), ...observed } };
    };
    await unlessOvertaken(writer.update(address, write, 'status'));
    return done;
  };
}
