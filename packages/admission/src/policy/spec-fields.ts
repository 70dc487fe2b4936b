import { isArray, isObject, own, type Json, type JsonObject } from '@kcp/api-machinery';

/** A text of a stored spec; empty where there is none. */
export function textAt(parent: JsonObject, field: string): string {
  const value = own(parent, field);
  return typeof value === 'string' ? value : '';
}

/** An object of a stored spec; undefined where there is none. */
export function objectAt(parent: JsonObject, field: string): JsonObject | undefined {
  const value: Json | undefined = own(parent, field);
  return value !== undefined && isObject(value) ? value : undefined;
}

/** The objects of a list of a stored spec. */
export function objectsAt(parent: JsonObject, field: string): readonly JsonObject[] {
  const value = own(parent, field);
  return value !== undefined && isArray(value) ? value.filter(isObject) : [];
}

/** The texts of a list of a stored spec. */
export function textsAt(parent: JsonObject, field: string): readonly string[] {
  const value = own(parent, field);
  return value !== undefined && isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
