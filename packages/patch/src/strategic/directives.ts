import { badRequest, isArray, own, put } from '@kcp/api-machinery';
import type { Json, JsonObject, MutableJsonObject } from '@kcp/api-machinery';
import { brokenPatch } from '../refusal.ts';
import { goValue } from './go-value.ts';

/** The member of a patch that says what to do with the object it is in: `replace`, `delete`, in lists `merge`. */
export const PATCH_DIRECTIVE = '$patch';

const RETAIN_KEYS = '$retainKeys';
const DELETE_FROM_LIST = '$deleteFromPrimitiveList';
const ELEMENT_ORDER = '$setElementOrder';

/** An object of a patch, taken apart. */
export interface PatchParts {
  /** Members that are values. */
  readonly values: ReadonlyMap<string, Json>;
  /** For each list named, in which order its items shall be. */
  readonly orders: ReadonlyMap<string, Json>;
  /** For each list of scalars named, what shall be taken away. */
  readonly deletions: ReadonlyMap<string, Json>;
  /** The members that the object may keep. */
  readonly retained: ReadonlySet<string> | undefined;
}

/** Takes an object of a patch apart. Throws ApiError 400 where a directive is not well formed. */
export function splitPatch(patch: JsonObject): PatchParts {
  const values = new Map<string, Json>();
  const orders = new Map<string, Json>();
  const deletions = new Map<string, Json>();
  for (const key of Object.keys(patch)) {
    const value = patch[key] ?? null;
    if (key.startsWith(DELETE_FROM_LIST)) deletions.set(listName(key, DELETE_FROM_LIST, 'primitive list'), value);
    else if (key.startsWith(ELEMENT_ORDER)) orders.set(listName(key, ELEMENT_ORDER, 'setElementOrder list'), value);
    else if (key !== RETAIN_KEYS) values.set(key, value);
  }
  return { values, orders, deletions, retained: retainedKeys(patch, values) };
}

function listName(key: string, directive: string, what: string): string {
  if (!key.startsWith(`${directive}/`)) throw badRequest(`invalid patch format of ${what}`);
  return key.slice(directive.length + 1);
}

function retainedKeys(patch: JsonObject, values: ReadonlyMap<string, Json>): ReadonlySet<string> | undefined {
  const keys = own(patch, RETAIN_KEYS);
  if (keys === undefined) return undefined;
  if (!isArray(keys)) throw badRequest('invalid patch format of retainKeys');
  const retained = new Set(keys.filter((key) => typeof key === 'string'));
  for (const [key, value] of values) {
    if (value !== null && !retained.has(key)) throw badRequest('invalid patch format of retainKeys');
  }
  return retained;
}

/** What `$patch` of an object says of it: undefined where there is none, and the object is to be merged. */
export function replacedByDirective(patch: JsonObject): JsonObject | undefined {
  const directive = own(patch, PATCH_DIRECTIVE);
  if (directive === undefined) return undefined;
  if (directive === 'delete') return {};
  if (directive !== 'replace') throw unknownDirective(directive, patch);
  const replacement: MutableJsonObject = {};
  for (const key of Object.keys(patch)) if (key !== PATCH_DIRECTIVE) put(replacement, key, patch[key] ?? null);
  return replacement;
}

/** 500: a `$patch` that says something else. */
export function unknownDirective(directive: Json, patch: JsonObject): Error {
  return brokenPatch(`unknown patch type: ${goValue(directive)} in map: ${goValue(patch)}`);
}

/**
 * The value that a patch gives to a field that was not there: without null members and without objects that are directives.
 * Undefined where the value is itself a directive.
 */
export function freshValue(value: Json): Json | undefined {
  if (typeof value !== 'object' || value === null) return value;
  if (isArray(value)) return value.map(freshValue).filter((item) => item !== undefined);
  if (Object.hasOwn(value, PATCH_DIRECTIVE)) return undefined;
  const fresh: MutableJsonObject = {};
  for (const key of Object.keys(value)) {
    const member = freshValue(value[key] ?? null);
    if (member !== undefined && member !== null) put(fresh, key, member);
  }
  return fresh;
}
