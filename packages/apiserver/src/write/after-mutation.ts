import type { KubeObject } from '@kcp/api-machinery';
import { managedFieldsRefusal } from '@kcp/patch';
import { mutate, type AdmissionFacts } from './admission-chain.ts';
import { withManagedFields } from './track-fields.ts';
import type { WriteDeps, WriteRequest } from './write-request.ts';

const INVALID =
  '.metadata.managedFields was in an invalid state after admission; this could be caused by an outdated mutating admission controller; please fix your requests: ';

/**
 * The object as mutating admission leaves it. Managed fields that came out of it unreadable are what they were before, with a
 * warning (k8s.io/apiserver NewManagedFieldsValidatingAdmissionController).
 */
export async function mutateKeepingOwners(
  deps: WriteDeps,
  request: WriteRequest,
  facts: AdmissionFacts & { readonly object: KubeObject },
): Promise<KubeObject> {
  const before = facts.object;
  const object = await mutate(deps, request, facts);
  const { managedFields } = object.metadata;
  if (object === before || managedFields === before.metadata.managedFields) return object;
  const why = managedFieldsRefusal(managedFields ?? []);
  if (why === undefined) return object;
  request.context.warn(INVALID + why);
  return withManagedFields(object, before.metadata.managedFields);
}
