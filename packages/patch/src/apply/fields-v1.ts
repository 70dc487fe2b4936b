import { badRequest, goJson, isObject, parseJson, put } from '@kcp/api-machinery';
import type { Json, JsonObject, MutableJsonObject } from '@kcp/api-machinery';
import type { FieldSet } from './field-set.ts';
import { keyElement, sortElements } from './path-element.ts';

/** A set as managedFields has it (`fieldsV1`): elements in the order of fields, keys, values, indexes. */
export function toFieldsV1(set: FieldSet): JsonObject {
  const written: MutableJsonObject = {};
  if (set.member && set.children.size > 0) written['.'] = {};
  for (const element of sortElements(set.children.keys())) {
    const child = set.children.get(element);
    if (child !== undefined) put(written, element, toFieldsV1(child));
  }
  return written;
}

/**
 * Reads `fieldsV1`; keys and values are brought into the one form that sets compare by, path elements of kinds that nobody
 * knows yet are left out. Integers keep all their digits; the original reads them as doubles and loses the item. Throws ApiError 400 where a key is no path element.
 */
export function fromFieldsV1(written: Json): FieldSet {
  return readNode(written, '');
}

function readNode(written: Json, name: string): FieldSet {
  if (written !== null && !isObject(written)) throw badRequest(`fieldsV1: ${name || 'the set'} is no object`);
  const children = new Map<string, FieldSet>();
  let member = false;
  for (const key of Object.keys(written ?? {})) {
    const element = key === '.' ? undefined : readElement(key);
    if (key === '.') member = true;
    if (element !== undefined) children.set(element, readNode(written?.[key] ?? null, key));
  }
  return { member: name !== '' && (member || children.size === 0), children };
}

function readElement(written: string): string | undefined {
  if (written.charAt(1) !== ':') throw notAnElement(written);
  const rest = written.slice(2);
  switch (written.charAt(0)) {
    case 'f':
      return written;
    case 'i':
      if (!/^[+-]?\d+$/.test(rest)) throw notAnElement(written);
      return `i:${Number(rest)}`;
    case 'v':
      return `v:${goJson(readValue(written))}`;
    case 'k':
      return readKey(written);
    default:
      return undefined;
  }
}

function readKey(written: string): string {
  const value = readValue(written);
  if (!isObject(value)) throw notAnElement(written);
  return keyElement(Object.keys(value).map((name) => [name, value[name] ?? null]));
}

function readValue(written: string): Json {
  try {
    return parseJson(written.slice(2));
  } catch {
    throw notAnElement(written);
  }
}

function notAnElement(written: string): Error {
  return badRequest(`fieldsV1: ${written} is no path element`);
}
