import { badRequest, isArray, isObject, own, put } from '@kcp/api-machinery';
import type { Json, JsonObject, MutableJsonObject } from '@kcp/api-machinery';
import { kindOf } from './json-patch-decode.ts';

/**
 * What an object is after a merge patch (RFC 7396): null deletes a member, objects are merged, all else replaces. Throws
 * ApiError 400 where the patch is no object.
 *
 * As in Kubernetes' library, nulls are also dropped from objects inside a list that is new or replaces a list.
 */
export function applyMergePatch(document: JsonObject, patch: Json): JsonObject {
  if (patch === null) throw badRequest('Invalid JSON Patch');
  if (!isObject(patch)) {
    const target = 'Go value of type map[string]interface {}';
    throw badRequest(`error decoding patch: json: cannot unmarshal ${kindOf(patch)} into ${target}`);
  }
  return merge(document, patch);
}

function merge(document: JsonObject, patch: JsonObject): JsonObject {
  const result: MutableJsonObject = {};
  for (const key of Object.keys(document)) {
    const value = document[key] ?? null;
    const change = own(patch, key);
    if (change === undefined) put(result, key, value);
    else if (change !== null) put(result, key, mergeValue(value, change));
  }
  for (const key of Object.keys(patch)) {
    const change = patch[key] ?? null;
    if (change !== null && !Object.hasOwn(document, key)) put(result, key, withoutNulls(change));
  }
  return result;
}

function mergeValue(value: Json, change: Json): Json {
  if (!isObject(value)) return withoutNulls(change);
  return isObject(change) ? merge(value, change) : change;
}

/** A value without the members that are null, at any depth; items of lists stay. The same value where there are none. */
function withoutNulls(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (isArray(value)) {
    const items = value.map(withoutNulls);
    return items.every((item, at) => item === value[at]) ? value : items;
  }
  const result: MutableJsonObject = {};
  let same = true;
  for (const key of Object.keys(value)) {
    const member = value[key] ?? null;
    const kept = withoutNulls(member);
    if (kept === null || kept !== member) same = false;
    if (kept !== null) put(result, key, kept);
  }
  return same ? value : result;
}
