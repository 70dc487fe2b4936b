import {
  ApiError,
  badRequest,
  invalidObject,
  validateObjectMeta,
  type FieldError,
  type KubeObject,
} from '@kcp/api-machinery';
import type { WriteCondition } from '@kcp/object-store';
import { inSpan } from '@kcp/telemetry';
import { Pace } from '../verbs/breathe.ts';
import { admit } from './admission-chain.ts';
import { mutateKeepingOwners } from './after-mutation.ts';
import { commitAll, isAbout, lostCreate, namespaceBucket, taken, type LostCommit } from './commit.ts';
import { dedupOwnerReferences } from './owner-references.ts';
import { fillSystemFields } from './system-fields.ts';
import { trackFields, withoutTooMuch } from './track-fields.ts';
import { keyOf, kindOf, type PreparedWrite, type WriteDeps, type WriteRequest, type Written } from './write-request.ts';

/** One step of the write path of a create: the object to go on with; a refusal is thrown. */
type CreateStep = (object: KubeObject, request: WriteRequest, deps: WriteDeps) => KubeObject | Promise<KubeObject>;

/**
 * What every create goes through, in this order, whoever asks for it. Quotas count last, in the commit itself.
 */
const createSteps: readonly CreateStep[] = [
  refuseResourceVersion,
  placeInNamespace,
  nameOwnersOnce,
  trackNewFields,
  askMutatingAdmission,
  authorizeContent,
  fillServerMetadata,
  prepare,
  validate,
  warnAbout,
  askValidatingAdmission,
];

/** Takes a decoded object through the write path of a create, up to the commit. */
export async function prepareCreate(
  deps: WriteDeps,
  request: WriteRequest,
  decoded: KubeObject,
): Promise<PreparedWrite> {
  const conditions = standsOn(deps, request, decoded);
  let object = decoded;
  const pace = new Pace();
  for (const step of createSteps) {
    const next = step(object, request, deps);
    object = next instanceof Promise ? await next : next;
    if (pace.isOver) await pace.breathe();
  }
  const stored = await request.resource.toStored(object);
  const key = keyOf(request, object.metadata.name);
  const { bucket, storedFingerprint } = request.resource;
  return {
    write: { kind: 'create', bucket, key, object: stored, fingerprint: storedFingerprint },
    conditions,
    object,
  };
}

/** How often a create is made anew: its generated name is taken, a quota or the logical cluster changed meanwhile. */
const ATTEMPTS = 8;

/** Creates an object. Throws ApiError. */
export function create(deps: WriteDeps, request: WriteRequest, decoded: KubeObject): Promise<Written> {
  return withoutTooMuch(request, (asked) => createAsked(deps, asked, decoded));
}

/** The same for who does itself once more what is too large. */
export async function createAsked(deps: WriteDeps, request: WriteRequest, decoded: KubeObject): Promise<Written> {
  const generated = (decoded.metadata.name ?? '') === '';
  for (let attempt = 1; ; attempt++) {
    const prepared = await prepareCreate(deps, request, decoded);
    using reservation = await deps.quota?.reserve(named(request, prepared));
    if (request.context.dryRun) return dryRun(deps, prepared);
    const born = await deps.companions?.of(request, prepared);
    const others = [...(born?.writes ?? []), ...(reservation?.companions ?? [])];
    const writes = [prepared, ...others];
    const outcome = await inSpan(request.context.span, 'commit', () => commitAll(deps.store, writes, born?.sequels));
    const [stored] = outcome.kind === 'committed' ? outcome.objects : [];
    if (stored) return { kind: 'stored', stored, created: true };
    if (outcome.kind === 'committed')
      throw new ApiError('InternalError', 'Internal error occurred: a commit without objects');
    if (!mayTryAgain({ prepared, others, generated }, outcome) || attempt >= ATTEMPTS)
      throw lostCreate(prepared, outcome);
  }
}

interface Lost {
  readonly prepared: PreparedWrite;
  readonly others: readonly PreparedWrite[];
  readonly generated: boolean;
}

/** Another name can be made up, the others can be counted anew, and what only changed can be stood on again. */
function mayTryAgain({ prepared, others, generated }: Lost, outcome: LostCommit): boolean {
  if (generated && isAbout(prepared.write, outcome)) return true;
  if (isAbout(prepared.write, outcome)) return false;
  if (others.some(({ write }) => isAbout(write, outcome))) return true;
  const isGround = prepared.conditions.some((each) => each.revision !== undefined && isAbout(each, outcome));
  return outcome.current !== undefined && isGround;
}

/** The request under the name that its object has by now. */
function named(request: WriteRequest, { object }: PreparedWrite): WriteRequest {
  const { name = '' } = object.metadata;
  return { ...request, context: { ...request.context, name } };
}

function dryRun({ store }: WriteDeps, prepared: PreparedWrite): Written {
  const { bucket, key } = prepared.write;
  const current = store.get(bucket, key);
  if (current) throw taken(bucket, prepared.object, current);
  return { kind: 'shown', object: prepared.object, created: true };
}

/** What must still be there when the object comes: its namespace, and what the logical cluster is. */
function standsOn({ standing }: WriteDeps, request: WriteRequest, object: KubeObject): readonly WriteCondition[] {
  const { resource, context } = request;
  const ground = standing?.of(request, object);
  const conditions = ground ? [ground] : [];
  if (!resource.namespaced) return conditions;
  const key = { cluster: context.cluster, namespace: '', name: context.namespace };
  return [...conditions, { bucket: namespaceBucket, key }];
}

function refuseResourceVersion(object: KubeObject): KubeObject {
  const version = object.metadata.resourceVersion ?? '';
  if (/^[1-9]\d*$/.test(version)) throw new ApiError('', 'resourceVersion should not be set on objects to be created');
  return object;
}

function placeInNamespace(object: KubeObject, { resource, context }: WriteRequest): KubeObject {
  const { namespace = '' } = object.metadata;
  if (!resource.namespaced)
    return namespace === '' ? object : { ...object, metadata: { ...object.metadata, namespace } };
  if (namespace !== '' && namespace !== context.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  return namespace === context.namespace
    ? object
    : { ...object, metadata: { ...object.metadata, namespace: context.namespace } };
}

function nameOwnersOnce(object: KubeObject, { context }: WriteRequest): KubeObject {
  return dedupOwnerReferences(object, context);
}

function trackNewFields(object: KubeObject, request: WriteRequest): Promise<KubeObject> {
  return trackFields(object, request);
}

async function askMutatingAdmission(object: KubeObject, request: WriteRequest, deps: WriteDeps): Promise<KubeObject> {
  const mutated = await mutateKeepingOwners(deps, request, { operation: 'CREATE', object });
  return mutated === object ? object : placeInNamespace(nameOwnersOnce(mutated, request), request);
}

function authorizeContent(object: KubeObject, { resource, context }: WriteRequest): KubeObject | Promise<KubeObject> {
  const asked = resource.strategy.authorizeCreate?.(object, context);
  return asked ? asked.then(() => object) : object;
}

function fillServerMetadata(object: KubeObject, { context }: WriteRequest, deps: WriteDeps): KubeObject {
  return fillSystemFields(object, context, deps);
}

function prepare(object: KubeObject, { resource, context }: WriteRequest): KubeObject {
  return resource.strategy.prepareForCreate?.(object, context) ?? object;
}

function validate(object: KubeObject, { resource, context }: WriteRequest): KubeObject | Promise<KubeObject> {
  const { strategy, namespaced } = resource;
  const errors: FieldError[] = [
    ...validateObjectMeta(object.metadata, {
      namespaced,
      validateName: (name, prefix = false) => [...strategy.nameErrors(name, prefix)],
    }),
    ...(strategy.validateCreate?.(object, context) ?? []),
  ];
  const examined = strategy.examineCreate?.(object, context, errors);
  return examined
    ? examined.then((more) => refuseInvalid(object, [...errors, ...more]))
    : refuseInvalid(object, errors);
}

/** The object where nothing is wrong with it. Throws Invalid. */
export function refuseInvalid(object: KubeObject, errors: readonly FieldError[]): KubeObject {
  if (errors.length > 0) throw invalidObject(kindOf(object), object.metadata.name ?? '', errors);
  return object;
}

function warnAbout(object: KubeObject, { resource, context }: WriteRequest): KubeObject {
  for (const text of resource.strategy.warningsOnCreate?.(object) ?? []) context.warn(text);
  return object;
}

async function askValidatingAdmission(object: KubeObject, request: WriteRequest, deps: WriteDeps): Promise<KubeObject> {
  await admit(deps, request, { operation: 'CREATE', object });
  return object;
}
