import { difference, intersection, isEmptyFieldSet, union } from './field-set.ts';
import type { FieldSet } from './field-set.ts';
import { fieldSetOf } from './field-set-of.ts';
import type { FieldOwner, FieldOwners } from './managed-fields.ts';
import type { ManagedType } from './managed-type.ts';
import { withNamedFields } from './named-fields.ts';
import { removeFields } from './remove-fields.ts';
import { inVersion } from './versions.ts';
import type { TypedValue } from './versions.ts';

/** What the applying owner had applied before, and what all own now, its new configuration included. */
export interface PruneOptions {
  readonly last: FieldOwner | undefined;
  readonly owners: FieldOwners;
  /** As `ApplyRequest` has it. */
  readonly breathe?: () => Promise<void> | undefined;
}

/**
 * Removes what an owner applied last time and not this time, where nobody else owns it (Go package
 * structured-merge-diff/merge, prune).
 */
export async function prune(
  type: ManagedType,
  merged: TypedValue,
  { last, owners, breathe }: PruneOptions,
): Promise<TypedValue> {
  if (last === undefined || isEmptyFieldSet(last.fields)) return merged;
  const before = await inVersion(type, merged, last.apiVersion);
  if (before === undefined) return merged;
  const removed = without(before, withNamedFields(last.fields, before.schema));
  await breathe?.();
  const owned = await addBackOwned(type, { whole: before, part: removed }, { owners, breathe });
  await breathe?.();
  const kept = await addBackForeign(type, { whole: before, part: owned }, last);
  return (await inVersion(type, kept, merged.apiVersion)) ?? merged;
}

function without(typed: TypedValue, paths: FieldSet): TypedValue {
  return { ...typed, value: removeFields(typed.value, paths, typed.schema) };
}

function fieldsOf({ value, schema }: TypedValue): FieldSet {
  return withNamedFields(fieldSetOf(value, schema), schema);
}

/** A value and what pruning has left of it so far. */
interface Pruned {
  readonly whole: TypedValue;
  readonly part: TypedValue;
}

/** Adds back what anybody owns, version by version: that of the pruned value first, so that it can be converted at all. */
async function addBackOwned(
  type: ManagedType,
  pruned: Pruned,
  { owners, breathe }: Pick<PruneOptions, 'owners'> & { readonly breathe: PruneOptions['breathe'] | undefined },
): Promise<TypedValue> {
  const owned = new Map<string, FieldSet>();
  for (const { apiVersion, fields } of owners.values()) {
    const known = owned.get(apiVersion);
    owned.set(apiVersion, known === undefined ? fields : union(known, fields));
  }
  const first = pruned.whole.apiVersion;
  const versions = [...owned.keys()].toSorted((a, b) => Number(b === first) - Number(a === first));
  let { whole, part } = pruned;
  for (const apiVersion of versions) {
    const [versioned, left] = [await inVersion(type, whole, apiVersion), await inVersion(type, part, apiVersion)];
    const fields = owned.get(apiVersion);
    if (versioned === undefined || left === undefined || fields === undefined) continue;
    const kept = union(fieldsOf(left), withNamedFields(fields, versioned.schema));
    await breathe?.();
    whole = versioned;
    part = without(versioned, difference(fieldsOf(versioned), kept));
  }
  return part;
}

/** Adds back what the owner had not applied itself: fields of nobody, or of updaters, that went with what they are in. */
async function addBackForeign(type: ManagedType, { whole, part }: Pruned, last: FieldOwner): Promise<TypedValue> {
  const left = await inVersion(type, part, last.apiVersion);
  if (left === undefined) return whole;
  const gone = difference(fieldsOf(whole), fieldsOf(left));
  return without(whole, intersection(gone, withNamedFields(last.fields, whole.schema)));
}
