import { isArray, isObject, own, type Json, type JsonObject } from '@kcp/api-machinery';

/** The lists of a kubeconfig, and what an entry's content is called in each. */
const members = { clusters: 'cluster', users: 'user', contexts: 'context' } as const;

/** One of the lists of named entries. */
export type EntryList = keyof typeof members;

/** The content of an entry as it stands in the document; undefined where there is none. */
export function entryOf(document: JsonObject, list: EntryList, name: string): JsonObject | undefined {
  const entry = entries(document, list).find((one) => isNamed(one, name));
  const content = isObject(entry) ? own(entry, members[list]) : undefined;
  return isObject(content) ? content : undefined;
}

/** The document with an entry's content replaced, in its place; a new entry comes last. */
export function withEntry(
  document: JsonObject,
  entry: { readonly list: EntryList; readonly name: string },
  content: JsonObject,
): JsonObject {
  const { list, name } = entry;
  const before = entries(document, list);
  const known = before.some((one) => isNamed(one, name));
  const changed = (one: Json): Json =>
    isNamed(one, name) && isObject(one) ? { ...one, [members[list]]: content } : one;
  const after = known ? before.map(changed) : [...before, { name, [members[list]]: content }];
  return { ...document, [list]: after };
}

/** The document without an entry. */
export function withoutEntry(document: JsonObject, list: EntryList, name: string): JsonObject {
  return { ...document, [list]: entries(document, list).filter((one) => !isNamed(one, name)) };
}

/** The document with another current context. */
export function withCurrentContext(document: JsonObject, name: string): JsonObject {
  return { ...document, 'current-context': name };
}

function entries(document: JsonObject, list: EntryList): readonly Json[] {
  const value = own(document, list);
  return isArray(value) ? value : [];
}

function isNamed(entry: Json, name: string): boolean {
  return isObject(entry) && own(entry, 'name') === name;
}
