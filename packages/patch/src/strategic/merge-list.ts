import { badRequest, isArray, isObject, own } from '@kcp/api-machinery';
import type { Json, JsonObject } from '@kcp/api-machinery';
import { brokenPatch, doesNotApply } from '../refusal.ts';
import { freshValue, PATCH_DIRECTIVE, unknownDirective } from './directives.ts';
import { goValue } from './go-value.ts';
import { mergeKeyOf, scalarKey } from './merge-key.ts';
import type { MergeSchema } from './merge-schema.ts';
import { interleave } from './order.ts';

/** Two lists to be merged into one, and how. */
export interface ListMerge {
  readonly old: readonly Json[];
  readonly change: readonly Json[];
  /** The list's schema; its fields are those of the items. */
  readonly schema: MergeSchema;
  readonly mergeItem: (item: JsonObject, patch: JsonObject, schema: MergeSchema) => JsonObject;
}

/** The items of both lists: objects merged by key, scalars as a set. Patched items that are new come first. */
export function mergeList(lists: ListMerge): readonly Json[] {
  const { old, change, schema } = lists;
  if (old.length === 0 && change.length === 0) return old;
  if (kindOfItems(old, change) === 'scalar') {
    const merged = distinct([...old, ...change]);
    return interleave({ items: merged, order: change, live: old, keyOf: scalarKey });
  }
  const mergeKey = schema.listMergeKey;
  if (mergeKey === undefined) throw brokenPatch('cannot merge lists without merge key for struct');
  const special = applyDirectives(old, change, mergeKey);
  const merged = mergeObjects(special.old, special.change, { ...lists, mergeKey });
  return interleave({ items: merged, order: special.change, live: special.old, keyOf: mergeKeyOf(mergeKey) });
}

/** Two lists, one or both of them given, and the order that their items shall have. */
export interface ListOrder extends Pick<ListMerge, 'schema' | 'mergeItem'> {
  readonly old: readonly Json[] | undefined;
  readonly change: readonly Json[] | undefined;
  readonly order: readonly Json[];
}

/** The merged list in the order of a `$setElementOrder`; undefined where there is no list to order. */
export function orderList({ old, change, order, schema, mergeItem }: ListOrder): readonly Json[] | undefined {
  const mergeKey = schema.listMergeKey;
  const keyOf = mergeKey === undefined ? scalarKey : mergeKeyOf(mergeKey);
  checkOrder(change ?? [], order, keyOf);
  if (old === undefined && change === undefined) return undefined;
  if ((old ?? []).length + (change ?? []).length === 0) throw brokenPatch('no elements in any of the given slices');
  kindOfItems(old ?? [], change ?? []);
  return interleave({ items: unordered({ old, change, schema, mergeItem }), order, live: old ?? [], keyOf });
}

function unordered({ old, change, schema, mergeItem }: Omit<ListOrder, 'order'>): readonly Json[] {
  if (change === undefined) return old ?? [];
  if (old === undefined) return change.map(freshValue).filter((item) => item !== undefined);
  return schema.strategy === 'merge' ? mergeList({ old, change, schema, mergeItem }) : change;
}

/** Patched items must come in the order asked for, and all be named there; items to be deleted need not. */
function checkOrder(change: readonly Json[], order: readonly Json[], keyOf: (item: Json) => string): void {
  if (change.length === 0 || order.length === 0) return;
  const items = change.filter((item) => !isObject(item) || !Object.hasOwn(item, PATCH_DIRECTIVE));
  let at = 0;
  for (const wanted of order) {
    const item = items[at];
    if (item === undefined) return;
    if (keyOf(item) === keyOf(wanted)) at += 1;
  }
  if (at >= items.length) return;
  throw brokenPatch(
    `The order in patch list:\n${goValue(change)}\n doesn't match $setElementOrder list:\n${goValue(order)}\n`,
  );
}

/** The items of a list of scalars that are not to be deleted. */
export function deleteScalars(items: readonly Json[], deleted: readonly Json[]): readonly Json[] {
  if (items.length === 0 && deleted.length === 0) return items;
  if (kindOfItems(items, deleted) !== 'scalar') throw badRequest('invalid patch format of primitive list');
  const keys = new Set(deleted.map(scalarKey));
  return items.filter((item) => !keys.has(scalarKey(item)));
}

/** All items must be of one type, and none a list. */
function kindOfItems(...lists: readonly (readonly Json[])[]): 'object' | 'scalar' {
  const types = new Set(lists.flatMap((list) => list.map(typeOfItem)));
  const [first = 'object'] = types;
  if (first === 'list') throw doesNotApply('lists of lists are not supported');
  if (types.size > 1) throw brokenPatch(`list element types are not identical: ${goValue(lists)}`);
  return first === 'object' ? 'object' : 'scalar';
}

function typeOfItem(item: Json): string {
  if (isArray(item)) return 'list';
  return typeof item === 'bigint' ? 'number' : item === null ? 'null' : typeof item;
}

function distinct(items: readonly Json[]): readonly Json[] {
  const seen = new Map<string, Json>();
  for (const item of items) {
    const key = scalarKey(item);
    if (!seen.has(key)) seen.set(key, item);
  }
  return [...seen.values()];
}

interface Lists {
  readonly old: readonly Json[];
  readonly change: readonly JsonObject[];
}

/** Takes the items that are directives out of the patch and does what they say. */
function applyDirectives(old: readonly Json[], change: readonly Json[], mergeKey: string): Lists {
  const keyOf = mergeKeyOf(mergeKey);
  const items: JsonObject[] = [];
  const deleted = new Set<string>();
  let replaced = false;
  for (const item of change) {
    if (!isObject(item)) continue;
    const directive = own(item, PATCH_DIRECTIVE);
    if (directive === undefined) items.push(item);
    else if (directive === 'delete') deleted.add(keyOf(item));
    else if (directive === 'replace') replaced = true;
    else if (directive === 'merge') throw brokenPatch('merging lists cannot yet be specified in the patch');
    else throw unknownDirective(directive, item);
  }
  if (replaced) return { old: items, change: [] };
  return {
    old: deleted.size === 0 ? old : old.filter((item) => !deleted.has(looseKey(item, mergeKey))),
    change: items,
  };
}

/** The key of an item that may lack it. */
function looseKey(item: Json, mergeKey: string): string {
  const key = isObject(item) ? own(item, mergeKey) : undefined;
  return key === undefined ? '' : scalarKey(key);
}

function mergeObjects(
  old: readonly Json[],
  change: readonly JsonObject[],
  { mergeKey, mergeItem, schema }: ListMerge & { readonly mergeKey: string },
): readonly Json[] {
  const keyOf = mergeKeyOf(mergeKey);
  const merged = [...old];
  const places = new Map<string, number>();
  merged.forEach((item, at) => {
    const key = looseKey(item, mergeKey);
    if (!places.has(key)) places.set(key, at);
  });
  for (const item of change) {
    const key = keyOf(item);
    const at = places.get(key);
    const present = at === undefined ? undefined : merged[at];
    if (at !== undefined && isObject(present)) merged[at] = mergeItem(present, item, schema);
    else {
      places.set(key, merged.length);
      merged.push(item);
    }
  }
  return merged;
}
