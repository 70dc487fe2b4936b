import { compareValues } from './compare.ts';
import type { Comparison } from './compare.ts';
import { conflictsOf } from './conflict.ts';
import type { Conflict } from './conflict.ts';
import { difference, emptyFieldSet, intersection, isEmptyFieldSet, recursiveDifference, union } from './field-set.ts';
import type { FieldSet } from './field-set.ts';
import { followSchema } from './follow-schema.ts';
import type { FieldOwners } from './managed-fields.ts';
import type { ManagedType } from './managed-type.ts';
import { inVersion } from './versions.ts';
import type { TypedValue } from './versions.ts';

/** A write on its way: what the object was and becomes, in the version of the request, and who owned what. */
export interface OwnedChange {
  readonly live: TypedValue;
  readonly next: TypedValue;
  readonly owners: FieldOwners;
  /** The key of the owner that writes; it does not stand in its own way. undefined where that owner has no entry yet. */
  readonly self: string | undefined;
  readonly force: boolean;
  /** As `ApplyRequest` has it. */
  readonly breathe?: (() => Promise<void> | undefined) | undefined;
}

/** What a write does to the owners; with conflicts it must not happen. */
export interface Settlement {
  readonly owners: FieldOwners;
  readonly changed: Comparison;
  readonly conflicts: readonly Conflict[];
}

/** What all owners own once a type's schema may have changed. Owners in versions that are gone are dropped. */
export async function followSchemas(type: ManagedType, live: TypedValue, owners: FieldOwners): Promise<FieldOwners> {
  const followed: FieldOwners = new Map();
  for (const [key, owner] of owners) {
    const versioned = await inVersion(type, live, owner.apiVersion);
    if (versioned === undefined) continue;
    const fields = followSchema(owner.fields, versioned.schema);
    followed.set(key, fields === owner.fields ? owner : { ...owner, fields });
  }
  return followed;
}

/**
 * Takes from the others what a write changes or removes (Go package structured-merge-diff/merge, Updater). Without `force`
 * what it changes is a conflict; what it removes never is.
 */
export async function settle(type: ManagedType, change: OwnedChange): Promise<Settlement> {
  const changes = new Changes(type, change);
  const own = await changes.inVersion(change.next.apiVersion);
  const owners: FieldOwners = new Map();
  const contested = new Map<string, FieldSet>();
  for (const [key, owner] of change.owners) {
    if (key === change.self) {
      owners.set(key, owner);
      continue;
    }
    const there = await changes.inVersion(owner.apiVersion);
    if (there === undefined) continue;
    await change.breathe?.();
    const lost = intersection(owner.fields, union(there.modified, there.added));
    if (!isEmptyFieldSet(lost)) contested.set(key, lost);
    const fields = difference(difference(owner.fields, lost), there.removed);
    owners.set(key, { ...owner, fields });
  }
  for (const [key, { fields }] of owners) if (isEmptyFieldSet(fields)) owners.delete(key);
  const conflicts = change.force || contested.size === 0 ? [] : conflictsOf(contested, change.owners);
  return { owners, changed: own ?? NOTHING, conflicts };
}

const NOTHING: Comparison = { added: emptyFieldSet, removed: emptyFieldSet, modified: emptyFieldSet };

/** A set without what the endpoint takes back of each write. */
export function withoutReset(type: ManagedType, apiVersion: string, set: FieldSet): FieldSet {
  const reset = type.resetFields?.[apiVersion];
  return reset === undefined ? set : recursiveDifference(set, reset);
}

/** What a write changes, as each version sees it; compared once a version. */
class Changes {
  readonly #type: ManagedType;
  readonly #change: OwnedChange;
  readonly #known = new Map<string, Comparison | undefined>();

  constructor(type: ManagedType, change: OwnedChange) {
    this.#type = type;
    this.#change = change;
  }

  async inVersion(apiVersion: string): Promise<Comparison | undefined> {
    if (this.#known.has(apiVersion)) return this.#known.get(apiVersion);
    const comparison = await this.#compare(apiVersion);
    this.#known.set(apiVersion, comparison);
    return comparison;
  }

  async #compare(apiVersion: string): Promise<Comparison | undefined> {
    const before = await inVersion(this.#type, this.#change.live, apiVersion);
    const after = await inVersion(this.#type, this.#change.next, apiVersion);
    if (before === undefined || after === undefined) return undefined;
    const { added, removed, modified } = compareValues(before.value, after.value, after.schema);
    const kept = (set: FieldSet): FieldSet => withoutReset(this.#type, apiVersion, set);
    return { added: kept(added), removed: kept(removed), modified: kept(modified) };
  }
}

/** Metadata that nobody owns: names, and what only the server writes (Go package managedfields, stripMeta). */
const UNOWNED: FieldSet = leaves({
  'f:apiVersion': emptyFieldSet,
  'f:kind': emptyFieldSet,
  'f:metadata': leaves(
    {
      'f:clusterName': emptyFieldSet,
      'f:creationTimestamp': emptyFieldSet,
      'f:generation': emptyFieldSet,
      'f:managedFields': emptyFieldSet,
      'f:name': emptyFieldSet,
      'f:namespace': emptyFieldSet,
      'f:resourceVersion': emptyFieldSet,
      'f:selfLink': emptyFieldSet,
      'f:uid': emptyFieldSet,
    },
    true,
  ),
});

function leaves(below: Readonly<Record<string, FieldSet>>, member = false): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [element, set] of Object.entries(below)) {
    children.set(element, set === emptyFieldSet ? { member: true, children: new Map() } : set);
  }
  return { member, children };
}

/** A set without the metadata that nobody owns. */
export function withoutUnowned(set: FieldSet): FieldSet {
  return difference(set, UNOWNED);
}
