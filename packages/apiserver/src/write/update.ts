import {
  ApiError,
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
import { Pace } from '../verbs/breathe.ts';
import { checkAddress, checkName, checkUid } from './check-address.ts';
import { commitAll, modified } from './commit.ts';
import { createAsked, refuseInvalid } from './create.ts';
import { dedupOwnerReferences } from './owner-references.ts';
import { keepSystemFields } from './system-fields.ts';
import { trackFields, withoutTooMuch } from './track-fields.ts';
import { askMutatingAdmission, askValidatingAdmission } from './update-admission.ts';
import { turnsOf } from './turns.ts';
import type { Passage, UpdateRequest } from './update-request.ts';
import { keyOf, type PreparedWrite, type WriteDeps, type Written } from './write-request.ts';

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
  const { object, conditional } = await passUpdate(deps, request, await served(resource, current));
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

/** Takes an update through the write path: what it makes of an object, in the version of the request. */
export async function passUpdate(
  deps: WriteDeps,
  request: UpdateRequest,
  old: KubeObject,
): Promise<{ readonly object: KubeObject; readonly conditional: boolean }> {
  const pace = new Pace();
  let object = await request.change(old);
  // what a patch or a controller makes of the old object carries its version along: applied anew it fits the newer one
  const conditional = request.replaces && !isUnversioned(object);
  for (const step of updateSteps) {
    const next = step({ object, old }, request, deps);
    object = next instanceof Promise ? await next : next;
    if (pace.isOver) await pace.breathe();
  }
  return { object, conditional };
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
