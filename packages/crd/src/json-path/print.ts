import { isArray, isObject, type Json, type JsonObject, showValue, stringifyJson } from '@kcp/api-machinery';

const HTML = /[<>&\u2028\u2029]/g;

/** A found value as text: texts and numbers as they are, objects and lists as JSON with sorted keys (jsonpath.PrintResults). */
export function printValue(value: Json): string {
  if (typeof value === 'string') return value;
  if (value === null) return '<no value>';
  return typeof value === 'object' ? goJson(value) : showValue(value);
}

/** JSON as Go's encoding/json writes maps: keys sorted, `<`, `>`, `&` and the line separators escaped. */
function goJson(value: Json): string {
  const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return stringifyJson(sorted(value)).replaceAll(HTML, escape);
}

function sorted(value: Json): Json {
  if (isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key] ?? null)])) as JsonObject;
}
