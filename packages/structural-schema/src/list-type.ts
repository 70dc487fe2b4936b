import type { FieldError, Json, JsonObject, MutableJsonObject } from '@kcp/api-machinery';
import {
  addErrors,
  byCodeUnit,
  canonicalJson,
  childPath,
  duplicate,
  invalid,
  isArray,
  isObject,
  itemPath,
  own,
  put,
  untyped,
} from '@kcp/api-machinery';
import type { StructuralSchema } from './structural-schema.ts';

/** Says, without telling where, whether a value may have an item twice in a list of type set or map. */
type Suspicion = (value: Json) => boolean;

/**
 * Compiles the check of lists of type set and map; undefined where a schema has none. Nearly all values are good, so they
 * are first looked through fast; only where something may be wrong it is looked for where, in the order of names.
 */
export function compileListTypes(schema: StructuralSchema): ((value: Json) => FieldError[]) | undefined {
  const suspect = compileSuspicion(schema);
  if (suspect === undefined) return undefined;
  return (value) => (suspect(value) ? validateListTypes(value, '', schema) : []);
}

function compileSuspicion(schema: StructuralSchema): Suspicion | undefined {
  const own = schema.listType === 'set' || schema.listType === 'map' ? listSuspicion(schema) : undefined;
  const items = schema.items === undefined ? undefined : compileSuspicion(schema.items);
  const members = new Map<string, Suspicion>();
  for (const [name, property] of schema.properties) {
    const suspect = compileSuspicion(property);
    if (suspect !== undefined) members.set(name, suspect);
  }
  const rest =
    typeof schema.additionalProperties === 'object' ? compileSuspicion(schema.additionalProperties) : undefined;
  if (own === undefined && items === undefined && members.size === 0 && rest === undefined) return undefined;
  const known = schema.properties;
  return (value) => {
    if (isArray(value)) return own?.(value) === true || (items !== undefined && value.some(items));
    if (!isObject(value)) return false;
    for (const name in value) {
      const suspect = members.get(name) ?? (rest === undefined || known.has(name) ? undefined : rest);
      if (suspect?.(value[name] ?? null) === true) return true;
    }
    return false;
  };
}

function listSuspicion(schema: StructuralSchema): (list: readonly Json[]) => boolean {
  const [key, ...more] = schema.listMapKeys;
  const plain = schema.listType === 'set' ? (item: Json) => item : undefined;
  const byKey = key === undefined || more.length > 0 ? undefined : (item: Json) => scalarKey(item, key);
  const all = (item: Json) => scalarKeys(item, schema.listMapKeys);
  const identify = plain ?? byKey ?? all;
  return (list) => {
    const seen = new Set<Json>();
    for (const item of list) {
      const identity = identify(item);
      // What has no simple identity is left to the thorough look.
      if (identity === undefined || identity === null || typeof identity === 'object' || seen.has(identity))
        return true;
      seen.add(identity);
    }
    return false;
  };
}

/** All keys of an item as one text; undefined where one is missing or no scalar. */
function scalarKeys(item: Json, keys: readonly string[]): string | undefined {
  if (!isObject(item)) return undefined;
  let identity = '';
  for (const key of keys) {
    const value = own(item, key);
    if (value === undefined || value === null || typeof value === 'object') return undefined;
    identity += typeof value === 'string' ? `${value.length}:${value}` : `\0${value}`;
  }
  return identity;
}

function scalarKey(item: Json, key: string): Json | undefined {
  return isObject(item) ? own(item, key) : undefined;
}

/** Items of sets and maps that are there twice (apiextensions listtype package), each told once. */
function validateListTypes(value: Json, path: string, schema: StructuralSchema): FieldError[] {
  if (isArray(value)) return validateList(value, path, schema);
  if (!isObject(value)) return [];
  const errors: FieldError[] = [];
  const { properties, additionalProperties } = schema;
  for (const name of Object.keys(value).sort(byCodeUnit)) {
    const member = own(value, name) ?? null;
    if (typeof member !== 'object' || member === null) continue;
    const property = properties.get(name);
    if (property !== undefined) addErrors(errors, validateListTypes(member, childPath(path, name), property));
    else if (typeof additionalProperties === 'object') {
      addErrors(errors, validateListTypes(member, itemPath(path, name), additionalProperties));
    }
  }
  return errors;
}

function validateList(list: readonly Json[], path: string, schema: StructuralSchema): FieldError[] {
  const errors: FieldError[] = [];
  if (schema.listType === 'set') addErrors(errors, repeated(list, path));
  if (schema.listType === 'map') addErrors(errors, validateMapList(list, path, schema.listMapKeys));
  const { items } = schema;
  if (items !== undefined) {
    list.forEach((item, at) => addErrors(errors, validateListTypes(item, itemPath(path, at), items)));
  }
  return errors;
}

/** An error at the first repetition of each value. */
function repeated(values: readonly Json[], path: string): FieldError[] {
  if (values.length < 2) return [];
  const times = new Map<string, number>();
  const errors: FieldError[] = [];
  values.forEach((value, at) => {
    const key = canonicalJson(value);
    const seen = times.get(key) ?? 0;
    times.set(key, seen + 1);
    if (seen === 1) errors.push(duplicate(itemPath(path, at), untyped(value)));
  });
  return errors;
}

function validateMapList(list: readonly Json[], path: string, keys: readonly string[]): FieldError[] {
  const at = list.findIndex((item) => item !== null && !isObject(item));
  if (at >= 0) {
    return [invalid(itemPath(path, at), untyped(list[at] ?? null), 'must be an object for an array of list-type map')];
  }
  return repeated(
    list.map((item) => (isObject(item) ? keyOf(item, keys) : {})),
    path,
  );
}

function keyOf(item: JsonObject, keys: readonly string[]): JsonObject {
  const key: MutableJsonObject = {};
  for (const name of keys) {
    const value = own(item, name);
    if (value !== undefined) put(key, name, value);
  }
  return key;
}
