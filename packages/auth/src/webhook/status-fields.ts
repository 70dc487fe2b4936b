import { isArray, isObject, own, type JsonObject } from '@kcp/api-machinery';

/** A text of an answer; empty where it is absent. Throws Error for another value. */
export function textIn(object: JsonObject, field: string): string {
  const value = own(object, field) ?? '';
  if (typeof value !== 'string') throw new Error(`the webhook's ${field} is no string`);
  return value;
}

/** True only for `true`. Throws Error for what is no boolean: `"false"` must not be taken for anything. */
export function flagIn(object: JsonObject, field: string): boolean {
  const value = own(object, field) ?? false;
  if (typeof value !== 'boolean') throw new Error(`the webhook's ${field} is no boolean`);
  return value;
}

/** A list of texts. Throws Error for another value. */
export function textsIn(object: JsonObject, field: string): readonly string[] {
  const value = own(object, field) ?? [];
  const texts = isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  if (!isArray(value) || texts.length < value.length) throw new Error(`the webhook's ${field} is no list of strings`);
  return texts;
}

/** An object; empty where it is absent. Throws Error for another value. */
export function objectIn(object: JsonObject, field: string): JsonObject {
  const value = own(object, field) ?? {};
  if (!isObject(value)) throw new Error(`the webhook's ${field} is no object`);
  return value;
}
