import { isArray, isObject, own } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import type { KubeObject } from './object-meta.ts';

const NOTHING: JsonObject = {};
const NONE: readonly Json[] = [];

/** An object as plain JSON: built-in kinds are read field by field. */
export function asJson(object: KubeObject): JsonObject {
  return object;
}

/** The object in a field; an empty one where there is none. */
export function objectAt(parent: JsonObject | KubeObject, field: string): JsonObject {
  const value = own(parent, field);
  return isObject(value) ? value : NOTHING;
}

/** The object in a field, undefined where there is none. */
export function optionalObjectAt(parent: JsonObject | KubeObject, field: string): JsonObject | undefined {
  const value = own(parent, field);
  return isObject(value) ? value : undefined;
}

/** The list in a field; an empty one where there is none. */
export function listAt(parent: JsonObject | KubeObject, field: string): readonly Json[] {
  const value = own(parent, field);
  return isArray(value) ? value : NONE;
}

/** The objects of the list in a field. */
export function objectsAt(parent: JsonObject | KubeObject, field: string): readonly JsonObject[] {
  return listAt(parent, field).filter(isObject);
}

/** The texts of the list in a field. */
export function textsAt(parent: JsonObject | KubeObject, field: string): readonly string[] {
  return listAt(parent, field).filter((item) => typeof item === 'string');
}

/** The text in a field; the empty one where there is none. */
export function textAt(parent: JsonObject | KubeObject, field: string): string {
  const value = own(parent, field);
  return typeof value === 'string' ? value : '';
}

/** Keys and texts of the map in a field. */
export function textEntriesAt(parent: JsonObject | KubeObject, field: string): readonly (readonly [string, string])[] {
  return Object.entries(objectAt(parent, field)).map(([key, value]) => [key, typeof value === 'string' ? value : '']);
}

/** The number in a field, undefined where there is none. */
export function numberAt(parent: JsonObject | KubeObject, field: string): number | bigint | undefined {
  const value = own(parent, field);
  return typeof value === 'number' || typeof value === 'bigint' ? value : undefined;
}

/** A copy with one field set, or removed where the value is undefined. */
export function withField(object: KubeObject, field: string, value: Json | undefined): KubeObject {
  if (value !== undefined) return { ...object, [field]: value };
  const { [field]: _, ...rest } = object;
  return rest as KubeObject;
}
