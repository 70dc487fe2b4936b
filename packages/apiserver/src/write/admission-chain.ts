import type { AdmissionAttributes } from '@kcp/admission';
import type { KubeObject } from '@kcp/api-machinery';
import { optionsObject, type WriteOptionsKind } from '../request/query.ts';
import type { WriteDeps, WriteRequest } from './write-request.ts';

/** What admission is told of a write. */
export interface AdmissionFacts {
  readonly operation: AdmissionAttributes['operation'];
  readonly object?: KubeObject;
  readonly oldObject?: KubeObject;
}

const OPTIONS: Readonly<Record<AdmissionAttributes['operation'], WriteOptionsKind>> = {
  CREATE: 'CreateOptions',
  UPDATE: 'UpdateOptions',
  DELETE: 'UpdateOptions',
  CONNECT: 'CreateOptions',
};

function attributes(
  { resource, context, options, subresource }: WriteRequest,
  facts: AdmissionFacts,
): AdmissionAttributes {
  return {
    ...facts,
    user: context.user,
    cluster: context.cluster,
    resource: resource.gvr,
    kind: { group: resource.gvr.group, version: resource.gvr.version, kind: resource.kind },
    subresource,
    namespace: context.namespace,
    name: facts.object?.metadata.name ?? context.name,
    dryRun: context.dryRun,
    options: optionsObject(OPTIONS[facts.operation], options),
  };
}

/** Lets the mutating plug-ins have their say, one after the other; the object to go on with. */
export async function mutate(
  deps: WriteDeps,
  request: WriteRequest,
  facts: AdmissionFacts & { readonly object: KubeObject },
): Promise<KubeObject> {
  const part = request.context.span?.child('mutating admission');
  let { object } = facts;
  for (const plugin of deps.admission) {
    if (plugin.mutate) object = await plugin.mutate(attributes(request, { ...facts, object }));
  }
  part?.end();
  return object;
}

/** Lets the validating plug-ins have their say; the first refusal ends it. */
export async function admit(deps: WriteDeps, request: WriteRequest, facts: AdmissionFacts): Promise<void> {
  const part = request.context.span?.child('validating admission');
  for (const plugin of deps.admission) {
    if (plugin.validate) await plugin.validate(attributes(request, facts));
  }
  part?.end();
}
