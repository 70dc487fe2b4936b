import { isArray, isObject, put, type Json, type MutableJsonObject } from '@kcp/api-machinery';

/** Replaces what differs from run to run, and keeps what may be compared within one. */
export type Settle = (value: Json) => Json;

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/**
 * A function for one conversation: times become `<time>`, unique ids `<uid 1>`, `<uid 2>` … in the order of their appearance,
 * resource versions `<version 1>` …; managed fields are left out.
 */
export function settle(): Settle {
  const uids = numbered('uid');
  const versions = numbered('version');
  const visit = (value: Json, key: string): Json => {
    if (isArray(value)) return value.map((item) => visit(item, key));
    if (isObject(value)) {
      const out: MutableJsonObject = {};
      for (const [name, item] of Object.entries(value))
        if (name !== 'managedFields' && item !== undefined) put(out, name, visit(item, name));
      return out;
    }
    if (typeof value !== 'string') return value;
    if (key === 'resourceVersion' && value !== '' && value !== '0') return versions(value);
    return TIME.test(value) ? '<time>' : value.replaceAll(UID, uids);
  };
  return (value) => visit(value, '');
}

function numbered(word: string): (text: string) => string {
  const seen = new Map<string, string>();
  return (text) => {
    const known = seen.get(text) ?? `<${word} ${seen.size + 1}>`;
    seen.set(text, known);
    return known;
  };
}
