import type { AdmissionAttributes, EquivalentKind, Mutation } from '@kcp/admission';
import type { GroupVersionKind, JsonObject, KubeObject } from '@kcp/api-machinery';
import { optionsObject, type WriteOptionsKind } from '../request/query.ts';
import type { WriteDeps, WriteRequest } from './write-request.ts';

/** What admission is told of a write. */
export interface AdmissionFacts {
  readonly operation: AdmissionAttributes['operation'];
  readonly object?: KubeObject;
  readonly oldObject?: KubeObject;
  /** Of what else the object is, where it is not the resource's own kind: a Scale, a token request, the options of a call. */
  readonly kind?: GroupVersionKind;
  /** How JSON becomes an object of that kind. */
  readonly decode?: (raw: JsonObject) => KubeObject;
  /** The options of a delete; of other operations they are known. */
  readonly options?: JsonObject | null;
  /** One of a collection that is deleted: reviews do not name it. */
  readonly ofCollection?: boolean;
}

const OPTIONS: Readonly<Record<AdmissionAttributes['operation'], WriteOptionsKind>> = {
  CREATE: 'CreateOptions',
  UPDATE: 'UpdateOptions',
  DELETE: 'UpdateOptions',
  CONNECT: 'CreateOptions',
};

const none: readonly EquivalentKind[] = [];

function attributesOf(
  { resource, context, options, subresource }: WriteRequest,
  facts: AdmissionFacts,
  object: KubeObject | undefined,
): AdmissionAttributes {
  const { gvr } = resource;
  const { operation, oldObject, ofCollection = false, decode } = facts;
  const name = ofCollection ? '' : context.name || (object?.metadata.name ?? '');
  const isNamespace = gvr.resource === 'namespaces' && gvr.group === '';
  return {
    operation,
    user: context.user,
    cluster: context.cluster,
    resource: gvr,
    kind: facts.kind ?? { group: gvr.group, version: gvr.version, kind: resource.kind },
    subresource,
    namespace: isNamespace ? name : context.namespace,
    name,
    ...(object && { object }),
    ...(oldObject && { oldObject }),
    dryRun: context.dryRun,
    options: facts.options === undefined ? optionsObject(OPTIONS[operation], options) : facts.options,
    equivalents: () => resource.equivalents?.() ?? none,
    decode: (raw) => (decode ? decode(raw) : resource.decode(raw).object),
    warn: (text) => context.warn(text),
    annotate: (key, value) => context.annotate?.(key, value),
  };
}

class Passes implements Mutation {
  isSecondPass = false;
  isWanted = false;

  askAgain(): void {
    this.isWanted = true;
  }
}

/**
 * Lets the mutating plug-ins have their say, one after the other, and once more where one of them asks for it
 * (k8s.io/apiserver admission.NewReinvocationHandler); the object to go on with.
 */
export async function mutate(
  deps: WriteDeps,
  request: WriteRequest,
  facts: AdmissionFacts & { readonly object: KubeObject },
): Promise<KubeObject> {
  return (await runPasses(deps, request, facts)) ?? facts.object;
}

/** Lets the mutating plug-ins refuse what has no object that they could change. */
export async function askMutating(deps: WriteDeps, request: WriteRequest, facts: AdmissionFacts): Promise<void> {
  await runPasses(deps, request, facts);
}

async function runPasses(
  deps: WriteDeps,
  request: WriteRequest,
  facts: AdmissionFacts,
): Promise<KubeObject | undefined> {
  const part = request.context.span?.child('mutating admission');
  const passes = new Passes();
  let object = await pass(deps, { request, facts, passes }, facts.object);
  if (passes.isWanted) {
    passes.isSecondPass = true;
    object = await pass(deps, { request, facts, passes }, object);
  }
  part?.end();
  return object;
}

interface Pass {
  readonly request: WriteRequest;
  readonly facts: AdmissionFacts;
  readonly passes: Passes;
}

async function pass(
  { admission }: WriteDeps,
  { request, facts, passes }: Pass,
  object: KubeObject | undefined,
): Promise<KubeObject | undefined> {
  let attributes = attributesOf(request, facts, object);
  for (const plugin of admission) {
    const asked = plugin.mutate?.(attributes, passes);
    const next = asked instanceof Promise ? await asked : asked;
    if (next !== undefined && next !== attributes.object) attributes = attributesOf(request, facts, next);
  }
  return attributes.object;
}

/** Lets the validating plug-ins have their say; the first refusal ends it. */
export async function admit(deps: WriteDeps, request: WriteRequest, facts: AdmissionFacts): Promise<void> {
  const part = request.context.span?.child('validating admission');
  const attributes = attributesOf(request, facts, facts.object);
  for (const plugin of deps.admission) {
    const asked = plugin.validate?.(attributes);
    if (asked instanceof Promise) await asked;
  }
  part?.end();
}
