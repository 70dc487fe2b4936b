import { ApiError, isArray, isObject } from '@kcp/api-machinery';
import type { Json, JsonObject } from '@kcp/api-machinery';
import { capUpdaters } from './cap-updaters.ts';
import { isEmptyFieldSet, union } from './field-set.ts';
import { decodeManagedFields, encodeManagedFields, ownerKey } from './managed-fields.ts';
import type { FieldOwners } from './managed-fields.ts';
import { apiVersionOf } from './managed-type.ts';
import type { ManagedType } from './managed-type.ts';
import { managedFieldsOf, metadataText, withoutManagedFields } from './object-metadata.ts';
import { followSchemas, settle, withoutReset, withoutUnowned } from './ownership.ts';
import { inOwnVersion } from './versions.ts';

/** A create, replace or patch that has been worked out already; both objects in the version of the type. */
export interface ManagedUpdate {
  /** The object as it was; the type's empty object where it is created. */
  readonly live: JsonObject;
  readonly next: JsonObject;
  /** The field manager, or what stands for one in the user agent. */
  readonly manager: string;
  /** Now as metav1.Time writes it. */
  readonly now: string;
  /** Asked between steps, each of which may take long where there are very many fields: what to wait for, so that others have their turn. */
  readonly breathe?: () => Promise<void> | undefined;
}

/**
 * metadata.managedFields after a write that is no apply: what it changes and adds belongs to its manager alone, what it
 * removes to nobody (Go package managedfields, FieldManager.Update). undefined where nothing is tracked. Where a version
 * cannot be converted, the entries of the live object stay.
 */
export async function updateManagedFields(
  type: ManagedType,
  update: ManagedUpdate,
): Promise<readonly JsonObject[] | undefined> {
  try {
    const owners = startingOwners(type, update);
    const isTracked = owners.size > 0 || metadataText(update.live, 'uid') === '';
    if (!isTracked) return undefined;
    const recorded = await recordUpdate(type, update, owners);
    await update.breathe?.();
    return encodeManagedFields(recorded);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return managedFieldsOf(update.live)?.filter((entry) => isObject(entry));
  }
}

/** The owners after an update, in entries of their own. */
export async function recordUpdate(type: ManagedType, update: ManagedUpdate, known: FieldOwners): Promise<FieldOwners> {
  const live = inOwnVersion(type, withoutManagedFields(update.live));
  const next = inOwnVersion(type, withoutManagedFields(update.next));
  const followed = await followSchemas(type, live, known);
  await update.breathe?.();
  const change = { live, next, owners: followed, self: undefined, force: true };
  const { owners, changed } = await settle(type, change);
  await update.breathe?.();
  const apiVersion = apiVersionOf(type);
  const written = withoutReset(type, apiVersion, union(changed.modified, changed.added));
  const fields = withoutUnowned(written);
  if (!isEmptyFieldSet(fields)) {
    const { manager, now: time } = update;
    const owner = {
      manager: manager || 'unknown',
      operation: 'Update',
      apiVersion,
      subresource: type.subresource,
    } as const;
    const key = ownerKey(owner);
    const before = owners.get(key);
    owners.set(key, { ...owner, time, fields: before === undefined ? fields : union(fields, before.fields) });
  }
  capUpdaters(owners);
  return owners;
}

/** Who owns what before an update: what the update says of it, if it says anything that can be read, else the live object. */
function startingOwners(type: ManagedType, { live, next }: ManagedUpdate): FieldOwners {
  const entries = managedFieldsOf(next) ?? [];
  if (type.subresource !== '') return readOwners(live);
  if (isReset(entries, managedFieldsOf(next) !== undefined && type.emptyListResets)) return new Map();
  const owners = readOwners(next);
  return owners.size > 0 ? owners : readOwners(live);
}

function readOwners(object: JsonObject): FieldOwners {
  try {
    return decodeManagedFields(managedFieldsOf(object) ?? []);
  } catch {
    return new Map();
  }
}

function isReset(entries: readonly Json[], emptyResets: boolean): boolean {
  const [only] = entries;
  if (only === undefined) return emptyResets;
  return entries.length === 1 && isObject(only) && Object.values(only).every(isUnset);
}

function isUnset(value: Json | undefined): boolean {
  return value === null || value === undefined || value === '' || (isArray(value) && value.length === 0);
}
