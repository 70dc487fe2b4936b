import { isObject, own, put, stringifyJson } from '@kcp/api-machinery';
import type { Json, MutableJsonObject } from '@kcp/api-machinery';
import type { ListSchema } from './apply-schema.ts';

/** The path element of an object's member. */
export function fieldElement(name: string): string {
  return `f:${name}`;
}

/** The path element of an item of a set or of a list told apart by keys; undefined where the item can have none. */
export function itemElement(schema: ListSchema, item: Json): string | undefined {
  if (schema.type === 'set') return typeof item === 'object' ? undefined : `v:${stringifyJson(item)}`;
  if (!isObject(item)) return undefined;
  const keys: MutableJsonObject = {};
  for (const name of [...(schema.keys ?? [])].sort()) {
    const value = own(item, name) ?? schema.keyDefaults?.[name];
    if (value !== undefined) put(keys, name, value);
  }
  return Object.keys(keys).length === 0 ? undefined : `k:${stringifyJson(keys)}`;
}

/** The items of a list by their path elements; an element can have several. Items that can have none are left out. */
export function itemsByElement(schema: ListSchema, items: readonly Json[]): Map<string, Json[]> {
  const found = new Map<string, Json[]>();
  for (const item of items) {
    const element = itemElement(schema, item);
    if (element === undefined) continue;
    const same = found.get(element);
    if (same === undefined) found.set(element, [item]);
    else same.push(item);
  }
  return found;
}
