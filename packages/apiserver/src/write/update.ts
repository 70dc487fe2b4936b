import {
  ApiError,
  badRequest,
  conflict,
  equal,
  invalid,
  invalidObject,
  isPathSegment,
  notFound,
  validateObjectMeta,
  validateObjectMetaUpdate,
  type KubeObject,
} from '@kcp/api-machinery';
import { keepTimesIfUnchanged } from '@kcp/patch';
import { storageKey, type ObjectWrite, type StoredObject } from '@kcp/object-store';
import { inSpan } from '@kcp/telemetry';
import { served } from '../present/render.ts';
import { parseResourceVersion } from '../request/resource-version.ts';
import type { UpdateStrategy } from '../served-resource.ts';
import { Pace } from '../verbs/breathe.ts';
import type { AdmissionView } from './admission-view.ts';
import { commitAll, modified } from './commit.ts';
import { createAsked, refuseInvalid } from './create.ts';
import { dedupOwnerReferences } from './owner-references.ts';
import { keepSystemFields } from './system-fields.ts';
import { trackFields, withoutTooMuch } from './track-fields.ts';
import { askMutatingAdmission, askValidatingAdmission } from './update-admission.ts';
import { turnsOf } from './turns.ts';
import { keyOf, type PreparedWrite, type WriteDeps, type WriteRequest, type Written } from './write-request.ts';

/** What an update makes of the object as it is: a PUT ignores it, a patch is applied to it. */
export type Change = (old: KubeObject) => KubeObject | Promise<KubeObject>;

/** An update: of the whole object, or of the part that a sub-resource's strategy lets through. */
export interface UpdateRequest extends WriteRequest {
  readonly strategy: UpdateStrategy;
  readonly change: Change;
  /** A PUT: what it says of uid is a precondition. */
  readonly replaces: boolean;
  /** Asked before what is not there is created; absent: it is not. Throws Forbidden. */
  readonly mayCreate?: () => void | Promise<void>;
  /** What admission is shown in place of the object; absent: the object. */
  readonly view?: AdmissionView;
  /** Without a resourceVersion whatever is there is overwritten. Patches always are. */
  readonly unconditional: boolean;
  /** False for the server's own controllers, that no slow webhook of a tenant shall hold up; true where left out. */
  readonly takesTurns?: boolean;
}

/** The object on its way through an update, and what it was. */
interface Passage {
  readonly object: KubeObject;
  readonly old: KubeObject;
}

type UpdateStep = (passage: Passage, request: UpdateRequest, deps: WriteDeps) => KubeObject | Promise<KubeObject>;

/** What every update goes through, in this order, whoever asks for it. */
const updateSteps: readonly UpdateStep[] = [
  checkAddress,
  checkUid,
  nameOwnersOnce,
  trackChangedFields,
  askMutatingAdmission,
  nameOwnersOnce,
  checkAddress,
  checkVersion,
  authorizeContent,
  keepServerMetadata,
  prepare,
  keepTimes,
  validate,
  warnAbout,
  askValidatingAdmission,
];

/** How often an update that lost against another is made anew on top of it. */
const ATTEMPTS = 100;
const OWN_ATTEMPTS = 10;

/** Changes an object; creates it where a PUT may. Throws ApiError. */
export function update(deps: WriteDeps, request: UpdateRequest): Promise<Written> {
  return withoutTooMuch(request, (asked) => updateAsked(deps, asked));
}

/** Who names no version wins in the end: one that lost takes turns with the others that did, and with patches that come meanwhile. */
async function updateAsked(deps: WriteDeps, request: UpdateRequest): Promise<Written> {
  const turns = turnsOf(deps.store);
  const key = storageKey(request.resource.bucket, keyOf(request));
  const { takesTurns = true } = request;
  if (request.replaces || !takesTurns || !turns.isTaken(key)) {
    const first = await attemptUpdate(deps, request);
    if (first !== 'lost') return first;
  }
  using _turn = takesTurns ? await turns.enter(key) : undefined;
  for (let attempt = 1; attempt <= (takesTurns ? ATTEMPTS : OWN_ATTEMPTS); attempt++) {
    const written = await attemptUpdate(deps, request);
    if (written !== 'lost') return written;
  }
  throw modified(request.resource.gvr, request.context.name);
}

async function attemptUpdate(deps: WriteDeps, request: UpdateRequest): Promise<Written | 'lost'> {
  const current = deps.store.get(request.resource.bucket, keyOf(request));
  if (!current) return createUnlessTaken(deps, request);
  if (request.resource.visible?.(current.decode()) === false)
    throw notFound(request.resource.gvr, request.context.name);
  const { prepared, conditional } = await prepareUpdate(deps, request, current);
  if (!prepared) return { kind: 'stored', stored: current, created: false };
  if (request.context.dryRun) return { kind: 'shown', object: prepared.object, created: false };
  const outcome = await inSpan(request.context.span, 'commit', () => commitAll(deps.store, [prepared]));
  if (outcome.kind === 'committed') {
    const [stored] = outcome.objects;
    if (prepared.write.kind === 'delete') return { kind: 'shown', object: prepared.object, created: false };
    if (stored) return { kind: 'stored', stored, created: false };
  }
  if (conditional) throw modified(request.resource.gvr, request.context.name);
  return 'lost';
}

/** `lost` where somebody else created the object meanwhile: then it is there to be changed. */
async function createUnlessTaken(deps: WriteDeps, request: UpdateRequest): Promise<Written | 'lost'> {
  try {
    return await createInstead(deps, request);
  } catch (error) {
    const isTaken = error instanceof ApiError && error.reason === 'AlreadyExists';
    if (isTaken && deps.store.get(request.resource.bucket, keyOf(request)) !== undefined) return 'lost';
    throw error;
  }
}

async function createInstead(deps: WriteDeps, request: UpdateRequest): Promise<Written> {
  const { resource, context } = request;
  if (!request.mayCreate) throw notFound(resource.gvr, context.name);
  const object = await request.change({ apiVersion: '', kind: '', metadata: {} });
  checkName(object, context.name);
  await request.mayCreate();
  const { resourceVersion: _, ...metadata } = object.metadata;
  return createAsked(deps, request, { ...object, metadata });
}

/** The outcome of the write path: nothing to write where nothing changed. */
interface Prepared {
  readonly prepared: PreparedWrite | undefined;
  /** The client named the version that it changes: losing against another write is a conflict. */
  readonly conditional: boolean;
}

/** Takes an update through the write path, up to the commit. */
export async function prepareUpdate(deps: WriteDeps, request: UpdateRequest, current: StoredObject): Promise<Prepared> {
  const { resource } = request;
  const pace = new Pace();
  const old = await served(resource, current);
  if (pace.isOver) await pace.breathe();
  let object = await request.change(old);
  // what a patch or a controller makes of the old object carries its version along: applied anew it fits the newer one
  const conditional = request.replaces && !isUnversioned(object);
  for (const step of updateSteps) {
    const next = step({ object, old }, request, deps);
    object = next instanceof Promise ? await next : next;
    if (pace.isOver) await pace.breathe();
  }
  const { bucket, storedFingerprint } = resource;
  const { key, revision: expected } = current;
  if (isReleased(object, request)) {
    const write: ObjectWrite = { kind: 'delete', bucket, key, expected, previous: current };
    return { prepared: { write, conditions: [], object }, conditional };
  }
  const stored = await resource.toStored(object);
  if (current.fingerprint === storedFingerprint && sameStored(stored, current))
    return { prepared: undefined, conditional };
  const write: ObjectWrite = {
    kind: 'update',
    bucket,
    key,
    object: stored,
    fingerprint: storedFingerprint,
    expected,
    previous: current,
  };
  return { prepared: { write, conditions: [], object }, conditional };
}

function isUnversioned({ metadata: { resourceVersion = '' } }: KubeObject): boolean {
  return resourceVersion === '' || resourceVersion === '0';
}

/** True where nothing holds an object any longer that is being deleted. */
function isReleased(object: KubeObject, { resource }: UpdateRequest): boolean {
  const { metadata } = object;
  if (metadata.deletionTimestamp === undefined || (metadata.finalizers?.length ?? 0) > 0) return false;
  return !(resource.strategy.isHeld?.(object) ?? false);
}

/** True where a write would store what is stored: no event, the same resourceVersion. */
function sameStored(object: KubeObject, current: StoredObject): boolean {
  const stored = current.decode();
  const annotations = { ...object.metadata.annotations, 'kcp.io/cluster': current.key.cluster };
  const stamped = {
    ...object,
    metadata: { ...object.metadata, annotations, resourceVersion: stored.metadata.resourceVersion },
  };
  return equal(stamped, stored);
}

function checkName(object: KubeObject, name: string): void {
  const own = object.metadata.name ?? '';
  if (own === '')
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (own !== name) throw badRequest(`the name of the object (${own}) does not match the name on the URL (${name})`);
}

function checkAddress({ object }: Passage, { resource, context }: UpdateRequest): KubeObject {
  checkName(object, context.name);
  const { namespace = '' } = object.metadata;
  if (!resource.namespaced || namespace === context.namespace) return object;
  if (namespace !== '')
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  return { ...object, metadata: { ...object.metadata, namespace: context.namespace } };
}

function checkUid({ object, old }: Passage, request: UpdateRequest): KubeObject {
  const { resource, replaces, context } = request;
  const { uid = '' } = object.metadata;
  if (!replaces || uid === '' || uid === old.metadata.uid) return object;
  const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`;
  const key = storageKey(resource.bucket, keyOf(request));
  throw conflict(
    resource.gvr,
    context.name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`,
  );
}

function nameOwnersOnce({ object }: Passage, { context }: UpdateRequest): KubeObject {
  return dedupOwnerReferences(object, context);
}

function trackChangedFields({ object, old }: Passage, request: UpdateRequest): Promise<KubeObject> {
  return trackFields(object, request, old);
}

function checkVersion({ object, old }: Passage, { resource, unconditional, context }: UpdateRequest): KubeObject {
  const text = object.metadata.resourceVersion ?? '';
  const version = text === '' ? 0 : parseResourceVersion(text);
  if (version === undefined)
    throw new ApiError(
      '',
      `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  if (version !== 0) {
    if (String(version) !== old.metadata.resourceVersion) throw modified(resource.gvr, context.name);
  } else if (!unconditional) {
    const { group, resource: plural } = resource.gvr;
    throw invalidObject({ group, kind: plural }, context.name, [
      invalid('metadata.resourceVersion', 0, 'must be specified for an update'),
    ]);
  }
  return object;
}

function authorizeContent(passage: Passage, { strategy, context }: UpdateRequest): KubeObject | Promise<KubeObject> {
  const { object, old } = passage;
  const asked = strategy.authorizeUpdate?.(object, old, context);
  return asked ? asked.then(() => object) : object;
}

function keepServerMetadata({ object, old }: Passage): KubeObject {
  return keepSystemFields(object, old);
}

function prepare({ object, old }: Passage, { strategy, context }: UpdateRequest): KubeObject {
  return strategy.prepareForUpdate?.(object, old, context) ?? object;
}

/** A write that changes nothing but the times of managed fields is none. */
function keepTimes({ object, old }: Passage): KubeObject {
  return keepTimesIfUnchanged(object, old);
}

function validate(
  { object, old }: Passage,
  { resource, strategy, context }: UpdateRequest,
): KubeObject | Promise<KubeObject> {
  const whole = validateObjectMeta(object.metadata, {
    namespaced: resource.namespaced,
    validateName: (name) => isPathSegment(name, false),
  });
  const change = validateObjectMetaUpdate(object.metadata, old.metadata);
  // the original checks metadata in general and once more by kind, some kinds all of it: clients see each cause as often
  const byKind = strategy.validatesWholeMetadata === true ? [...change, ...whole] : change;
  const errors = [...whole, ...change, ...byKind, ...(strategy.validateUpdate?.(object, old, context) ?? [])];
  const examined = strategy.examineUpdate?.(object, old, context);
  return examined
    ? examined.then((more) => refuseInvalid(object, [...errors, ...more]))
    : refuseInvalid(object, errors);
}

function warnAbout({ object, old }: Passage, { strategy, context }: UpdateRequest): KubeObject {
  for (const text of strategy.warningsOnUpdate?.(object, old) ?? []) context.warn(text);
  return object;
}
