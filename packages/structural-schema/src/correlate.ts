import type { Json, JsonObject } from '@kcp/api-machinery';
import { equal, isArray, isObject, own } from '@kcp/api-machinery';
import type { StructuralSchema } from './structural-schema.ts';

/** Finds the old item that an item of the new list stands for; undefined where there is none. */
export type FindOld = (item: Json) => Json | undefined;

/**
 * How items of a list are matched with the items of its former value (k8s.io/apiserver cel/common CorrelatedObject):
 * by their keys in lists of type map, in no other. undefined where they cannot be matched at all.
 */
export function correlateItems(list: StructuralSchema, old: Json): FindOld | undefined {
  if (list.listType !== 'map' || list.items === undefined || !isArray(old)) return undefined;
  const keys = list.type === 'array' ? list.listMapKeys : [];
  const byKey = new Map<string, JsonObject>();
  for (const item of old) {
    const key = isObject(item) ? itemKey(keys, item) : undefined;
    if (key !== undefined && isObject(item) && !byKey.has(key)) byKey.set(key, item);
  }
  return (item) => {
    const key = isObject(item) ? itemKey(keys, item) : undefined;
    return key === undefined ? undefined : byKey.get(key);
  };
}

function itemKey(keys: readonly string[], item: JsonObject): string | undefined {
  if (keys.length === 0) return undefined;
  const values: string[] = [];
  for (const key of keys) {
    const value = own(item, key);
    if (value === undefined || value === null || typeof value === 'object') return undefined;
    values.push(typeof value === 'string' ? JSON.stringify(value) : String(value));
  }
  return values.join('\0');
}

/**
 * Whether a value counts as the one before: equal, and made only of members that the schema names; items of lists of
 * type map may change places.
 */
export function unchanged(schema: StructuralSchema, value: Json, old: Json): boolean {
  if (value === null || old === null) return value === old;
  if (isArray(value)) return isArray(old) && unchangedList(schema, value, old);
  if (isObject(value)) return isObject(old) && unchangedObject(schema, value, old);
  return equal(value, old);
}

function unchangedList(schema: StructuralSchema, value: readonly Json[], old: readonly Json[]): boolean {
  if (value.length !== old.length) return false;
  const { items } = schema;
  const find = correlateItems(schema, old);
  if (items === undefined || find === undefined) return equal(value, old);
  return value.every((item) => {
    const before = find(item);
    return before !== undefined && unchanged(items, item, before);
  });
}

function unchangedObject(schema: StructuralSchema, value: JsonObject, old: JsonObject): boolean {
  const names = Object.keys(value);
  if (names.length !== Object.keys(old).length) return false;
  const { additionalProperties } = schema;
  const rest = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  return names.every((name) => {
    const member = schema.properties.get(name) ?? rest;
    const [now, before] = [own(value, name), own(old, name)];
    return member !== undefined && now !== undefined && before !== undefined && unchanged(member, now, before);
  });
}
