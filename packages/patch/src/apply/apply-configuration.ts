import { ApiError, badRequest, equal, isObject, own } from '@kcp/api-machinery';
import type { Json, JsonObject } from '@kcp/api-machinery';
import { brokenPatch } from '../refusal.ts';
import { checkValue } from './check-value.ts';
import type { Conflict } from './conflict.ts';
import { hasPath, isEmptyFieldSet } from './field-set.ts';
import { fieldSetOf } from './field-set-of.ts';
import { fieldsOfLastApplied, KUBECTL, withLastApplied } from './last-applied.ts';
import { decodeManagedFields, encodeManagedFields, ownerKey } from './managed-fields.ts';
import type { FieldOwner, FieldOwners } from './managed-fields.ts';
import { apiVersionOf, showKind } from './managed-type.ts';
import type { ManagedType } from './managed-type.ts';
import { mergeValues } from './merge-values.ts';
import { managedFieldsOf, metadataOf, metadataText, withoutManagedFields } from './object-metadata.ts';
import { followSchemas, settle, withoutReset, withoutUnowned } from './ownership.ts';
import { prune } from './prune.ts';
import { recordUpdate } from './update-managed-fields.ts';
import { inOwnVersion } from './versions.ts';

/** A configuration to be applied to an object. */
export interface ApplyRequest {
  /** The object as it is, in the version of the type; the type's empty object where there is none yet. */
  readonly live: JsonObject;
  /** The configuration: what was sent, undecoded, so that nothing is in it that the client did not say. */
  readonly applied: JsonObject;
  readonly manager: string;
  /** Takes contested fields from their owners. */
  readonly force: boolean;
  /** Now as metav1.Time writes it. */
  readonly now: string;
  /** Asked between steps, each of which may take long where there are very many fields: what to wait for, so that others have their turn. */
  readonly breathe?: () => Promise<void> | undefined;
}

/** What came of an apply: an object still to be defaulted, without managed fields, and these; or why it must not be. */
export type Applied =
  | {
      readonly kind: 'applied';
      readonly object: JsonObject;
      readonly managedFields: readonly JsonObject[] | undefined;
    }
  | { readonly kind: 'conflicts'; readonly conflicts: readonly Conflict[] };

/**
 * Server-side apply (KEP-555; Go package managedfields, FieldManager.Apply): merges a configuration into the live object,
 * removes what its manager applied before and no longer does, and says who owns what. An apply that changes nothing but
 * owners leaves the time of its entry as it was. Throws ApiError 400 where the configuration is of another kind or has managed
 * fields, 500 without a reason where it does not fit the schema.
 */
export async function applyConfiguration(type: ManagedType, request: ApplyRequest): Promise<Applied> {
  checkConfiguration(type, request.applied);
  await request.breathe?.();
  const owners = await ownersBefore(type, request);
  await request.breathe?.();
  const outcome = await attempt(type, request, owners);
  const settled = outcome.kind === 'conflicts' ? await takeOver({ type, request, owners, outcome }) : outcome;
  if (settled.kind === 'conflicts' || request.manager !== KUBECTL) return settled;
  return { ...settled, object: withLastApplied(settled.object, request.applied) };
}

function checkConfiguration(type: ManagedType, applied: JsonObject): void {
  const [apiVersion, kind] = [textOf(own(applied, 'apiVersion')), textOf(own(applied, 'kind'))];
  if (apiVersion !== apiVersionOf(type) || kind !== type.kind) {
    const slash = apiVersion.indexOf('/');
    const shown = showKind(apiVersion.slice(0, Math.max(slash, 0)), apiVersion.slice(slash + 1), kind);
    throw badRequest(`invalid object type: ${shown}`);
  }
  if (managedFieldsOf(applied) !== undefined) throw badRequest('metadata.managedFields must be nil');
  const fault = checkValue(applied, type.schema);
  if (fault === undefined) return;
  const name = `${metadataText(applied, 'namespace')}/${metadataText(applied, 'name')}`;
  const shown = `${name}; ${showKind(type.group, type.version, type.kind)}`;
  throw brokenPatch(`failed to create typed patch object (${shown}): ${fault}`);
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** Who owns what; where nobody owns anything, all that is there belongs to before-first-apply. */
async function ownersBefore(type: ManagedType, { live, now, breathe }: ApplyRequest): Promise<FieldOwners> {
  const owners = readOwners(live);
  if (owners.size > 0) return owners;
  const update = { live: type.empty, next: live, manager: 'before-first-apply', now, ...(breathe && { breathe }) };
  return recordUpdate(type, update, owners);
}

function readOwners(live: JsonObject): FieldOwners {
  try {
    return decodeManagedFields(managedFieldsOf(live) ?? []);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw brokenPatch(`failed to decode managed fields: ${error.message}`);
  }
}

async function attempt(type: ManagedType, request: ApplyRequest, before: FieldOwners): Promise<Applied> {
  const { applied, force, breathe } = request;
  const object = withoutManagedFields(request.live);
  const live = inOwnVersion(type, object);
  const owners = await followSchemas(type, live, before);
  const self = ownEntry(type, request);
  const key = ownerKey(self);
  const last = owners.get(key);
  const fields = withoutReset(type, self.apiVersion, fieldSetOf(applied, type.schema));
  owners.set(key, { ...self, time: last?.time, fields });
  await breathe?.();
  const merged = inOwnVersion(type, mergeValues(object, applied, type.schema) ?? {});
  await breathe?.();
  const next = await prune(type, merged, { last, owners, ...(breathe && { breathe }) });
  await breathe?.();
  const settled = await settle(type, { live, next, owners, self: key, force, breathe });
  if (settled.conflicts.length > 0) return { kind: 'conflicts', conflicts: settled.conflicts };
  await breathe?.();
  const isChanged = !equal(object, next.value);
  const managedFields = encodeManagedFields(finish(settled.owners, key, isChanged ? request.now : undefined));
  await breathe?.();
  return { kind: 'applied', object: isChanged && isObject(next.value) ? next.value : object, managedFields };
}

function ownEntry(type: ManagedType, { manager }: ApplyRequest): Omit<FieldOwner, 'fields' | 'time'> {
  const apiVersion = apiVersionOf(type);
  return { manager: manager || 'unknown', operation: 'Apply', apiVersion, subresource: type.subresource };
}

/** Takes from the applier what nobody owns, and notes the time where it changed something. Changes `owners`. */
function finish(owners: FieldOwners, key: string, now: string | undefined): FieldOwners {
  const owner = owners.get(key);
  if (owner === undefined) return owners;
  const fields = withoutUnowned(owner.fields);
  if (isEmptyFieldSet(fields)) owners.delete(key);
  else owners.set(key, { ...owner, fields, time: now ?? owner.time });
  return owners;
}

interface Contested {
  readonly type: ManagedType;
  readonly request: ApplyRequest;
  readonly owners: FieldOwners;
  readonly outcome: Extract<Applied, { kind: 'conflicts' }>;
}

/** kubectl takes over from its own client-side apply without force. */
async function takeOver({ type, request, owners, outcome }: Contested): Promise<Applied> {
  const allowed = request.manager === KUBECTL ? fieldsOfLastApplied(type, request.live) : undefined;
  if (allowed === undefined) return outcome;
  const conflicts = outcome.conflicts.filter(({ path }) => !hasPath(allowed, path));
  if (conflicts.length > 0) return { kind: 'conflicts', conflicts };
  return attempt(type, { ...request, force: true }, owners);
}

/**
 * The object of a write that changed nothing but times of managed fields, with the times that it had: such a write is none.
 * Objects otherwise come back as they are (Go package fieldmanager, IgnoreManagedFieldsTimestampsTransformer).
 */
export function keepTimesIfUnchanged<T extends JsonObject>(next: T, live: JsonObject): T {
  const [entries, before] = [managedFieldsOf(next), managedFieldsOf(live)];
  if (entries === undefined || before === undefined || entries.length !== before.length) return next;
  if (
    equal(entries, before) ||
    !entries.every((entry, at) => equal(withoutTime(entry), withoutTime(before[at] ?? null)))
  )
    return next;
  if (!equal(withoutManagedFields(next), withoutManagedFields(live))) return next;
  return { ...next, metadata: { ...metadataOf(next), managedFields: before } };
}

function withoutTime(entry: Json): Json {
  if (!isObject(entry)) return entry;
  const { time: _time, ...rest } = entry;
  return rest;
}
