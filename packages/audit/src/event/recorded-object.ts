import {
  isArray,
  isObject,
  own,
  parseJson,
  put,
  stringifyJson,
  type Json,
  type JsonObject,
  type MutableJsonObject,
} from '@kcp/api-machinery';

/** An object as it stands in an event: JSON on one line, without managed fields where the policy omits them. */
export function recordedValue(value: Json, omitManagedFields: boolean): string {
  return stringifyJson(omitManagedFields ? withoutManagedFields(value) : value);
}

/**
 * The same of what a client sent: read and written anew, because it may be on many lines. Undefined where it is no JSON, so that
 * a wrong body does not cost the event.
 */
export function sentText(bytes: Uint8Array, omitManagedFields: boolean): string | undefined {
  try {
    return recordedValue(parseJson(textOf(bytes)), omitManagedFields);
  } catch {
    return undefined;
  }
}

/** The same of what this server wrote: taken as it is, where it stands on one line and nothing is to be left out. */
export function servedText(bytes: Uint8Array, omitManagedFields: boolean): string | undefined {
  const text = textOf(bytes);
  const asItIs = !text.includes('\n') && !(omitManagedFields && text.includes('"managedFields"'));
  return asItIs ? text : sentText(bytes, omitManagedFields);
}

function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8').trim();
}

/** An object, the items of a list or the rows of a table without what apply keeps for itself. */
function withoutManagedFields(value: Json): Json {
  if (!isObject(value)) return value;
  const copy = withoutOwn(value);
  const items = own(copy, 'items');
  if (isArray(items)) return { ...copy, items: items.map((item) => (isObject(item) ? withoutOwn(item) : item)) };
  const rows = own(copy, 'rows');
  return isArray(rows) ? { ...copy, rows: rows.map(withoutRowFields) } : copy;
}

function withoutRowFields(row: Json): Json {
  if (!isObject(row)) return row;
  const object = own(row, 'object');
  return isObject(object) ? { ...row, object: withoutOwn(object) } : row;
}

function withoutOwn(object: JsonObject): JsonObject {
  const metadata = own(object, 'metadata');
  if (!isObject(metadata) || own(metadata, 'managedFields') === undefined) return object;
  const { managedFields: _, ...kept } = metadata;
  const copy: MutableJsonObject = {};
  for (const [name, member] of Object.entries(object)) {
    if (member !== undefined) put(copy, name, name === 'metadata' ? kept : member);
  }
  return copy;
}
