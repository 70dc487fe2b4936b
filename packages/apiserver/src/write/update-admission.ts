import type { KubeObject } from '@kcp/api-machinery';
import { admit, type AdmissionFacts } from './admission-chain.ts';
import type { AdmissionView } from './admission-view.ts';
import { mutateKeepingOwners } from './after-mutation.ts';
import type { WriteDeps, WriteRequest } from './write-request.ts';

/** An object on its way through an update, and what it was. */
interface Change {
  readonly object: KubeObject;
  readonly old: KubeObject;
}

type ViewedRequest = WriteRequest & { readonly view?: AdmissionView };

/** The object of an update as mutating admission leaves it. */
export async function askMutatingAdmission(
  change: Change,
  request: ViewedRequest,
  deps: WriteDeps,
): Promise<KubeObject> {
  const facts = factsOf(change, request);
  const mutated = await mutateKeepingOwners(deps, request, facts);
  if (mutated === facts.object) return change.object;
  return request.view ? request.view.take(change.object, mutated) : mutated;
}

/** Asks validating admission about an update; the object stays. */
export async function askValidatingAdmission(
  change: Change,
  request: ViewedRequest,
  deps: WriteDeps,
): Promise<KubeObject> {
  await admit(deps, request, factsOf(change, request));
  return change.object;
}

/** What admission is told of an update: the object, or what it is shown in its place. */
function factsOf({ object, old }: Change, { view }: ViewedRequest): AdmissionFacts & { readonly object: KubeObject } {
  const operation = 'UPDATE' as const;
  if (view === undefined) return { operation, object, oldObject: old };
  const decode: AdmissionView['decode'] = (raw) => view.decode(raw);
  return { operation, object: view.show(object), oldObject: view.show(old), kind: view.kind, decode };
}
