import { badRequest, isArray, isObject, own, put } from '@kcp/api-machinery';
import type { Json, JsonObject, MutableJsonObject } from '@kcp/api-machinery';
import { brokenPatch } from '../refusal.ts';
import { freshValue, replacedByDirective, splitPatch } from './directives.ts';
import type { PatchParts } from './directives.ts';
import { deleteScalars, mergeList, orderList } from './merge-list.ts';
import type { MergeSchema } from './merge-schema.ts';

/**
 * What an object is after a strategic merge patch: as a merge patch, but lists may be merged, by key or as sets, and
 * directives delete, replace, retain and order (KEP "preserve order in strategic merge patch", Go package strategicpatch).
 * Throws ApiError 400 for malformed directives, 422 for lists of lists, 500 without reason where items lack their merge key.
 */
export function applyStrategicMergePatch(document: JsonObject, patch: Json, schema: MergeSchema): JsonObject {
  if (!isObject(patch)) throw badRequest('invalid JSON document');
  return mergeObject(document, patch, schema);
}

function mergeObject(document: JsonObject, patch: JsonObject, schema: MergeSchema): JsonObject {
  const replacement = replacedByDirective(patch);
  if (replacement !== undefined) return replacement;
  const parts = splitPatch(patch);
  const result = retainedMembers(document, parts.retained);
  const ordered = orderLists(result, parts, schema);
  for (const [name, items] of parts.deletions) deleteFromList(result, name, items);
  for (const [name, value] of parts.values) {
    if (ordered.has(name)) continue;
    if (value === null) delete result[name];
    else setField(result, name, mergeField({ name, old: own(result, name), change: value, schema }));
  }
  return result;
}

function retainedMembers(document: JsonObject, retained: ReadonlySet<string> | undefined): MutableJsonObject {
  const result: MutableJsonObject = {};
  for (const key of Object.keys(document)) {
    if (retained === undefined || retained.has(key)) put(result, key, document[key] ?? null);
  }
  return result;
}

function setField(object: MutableJsonObject, name: string, value: Json | undefined): void {
  if (value === undefined) delete object[name];
  else put(object, name, value);
}

/** Merges and orders the lists that a `$setElementOrder` names; gives their names. */
function orderLists(result: MutableJsonObject, parts: PatchParts, schema: MergeSchema): ReadonlySet<string> {
  const ordered = new Set<string>();
  for (const [name, order] of parts.orders) {
    const [old, change] = [own(result, name), parts.values.get(name)];
    const wanted = asList(order);
    const lists = { old: asOptionalList(old), change: asOptionalList(change) };
    const field = fieldOf(schema, name);
    const list = orderList({ ...lists, order: wanted, schema: field, mergeItem: mergeObject });
    if (list === undefined) continue;
    put(result, name, list);
    ordered.add(name);
  }
  return ordered;
}

function asOptionalList(value: Json | undefined): readonly Json[] | undefined {
  return value === undefined ? undefined : asList(value);
}

function asList(value: Json): readonly Json[] {
  if (!isArray(value)) throw brokenPatch(`expected a []interface {}, but received a ${goType(value)}`);
  return value;
}

function goType(value: Json): string {
  if (value === null) return '%!s(<nil>)';
  if (typeof value === 'object') return 'map[string]interface {}';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'string' ? 'string' : 'int64';
}

function deleteFromList(result: MutableJsonObject, name: string, items: Json): void {
  const old = own(result, name);
  if (items === null) delete result[name];
  else if (old !== undefined && isArray(old) && isArray(items)) put(result, name, deleteScalars(old, items));
}

interface FieldMerge {
  readonly name: string;
  readonly old: Json | undefined;
  readonly change: Json;
  readonly schema: MergeSchema;
}

function mergeField({ name, old, change, schema }: FieldMerge): Json | undefined {
  if (isObject(old) && isObject(change)) {
    const field = fieldOf(schema, name);
    return field.strategy === 'replace' ? change : mergeObject(old, change, field);
  }
  if (old !== undefined && isArray(old) && isArray(change)) {
    const field = fieldOf(schema, name);
    return field.strategy === 'merge' ? mergeList({ old, change, schema: field, mergeItem: mergeObject }) : change;
  }
  return freshValue(change);
}

function fieldOf(schema: MergeSchema, name: string): MergeSchema {
  const field = schema.field(name);
  if (field === undefined) throw brokenPatch(`unable to find api field in struct for the json field "${name}"`);
  return field;
}
