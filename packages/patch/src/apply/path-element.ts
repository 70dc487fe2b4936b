import { byCodePoint, goJson, isObject, own, parseJson, quote, showValue } from '@kcp/api-machinery';
import type { Json } from '@kcp/api-machinery';
import type { ListSchema } from './apply-schema.ts';

/** So many path elements are kept, of members with short names: the same few hundred occur in most objects. */
const KEPT_ELEMENTS = 4_096;
const KEPT_LENGTH = 64;
const kept = new Map<string, string>();

/** The path element of an object's member; mostly the very same text as before, which is found in maps and objects without being hashed anew. */
export function fieldElement(name: string): string {
  const known = kept.get(name);
  if (known !== undefined) return known;
  const element = `f:${name}`;
  if (name.length > KEPT_LENGTH) return element;
  if (kept.size >= KEPT_ELEMENTS) kept.clear();
  kept.set(name, element);
  return element;
}

/** The name of the member that a path element stands for; undefined where it stands for an item of a list. */
export function fieldNameOf(element: string): string | undefined {
  return element.startsWith('f:') ? element.slice(2) : undefined;
}

/** The path element of an item of a set or of a list told apart by keys; undefined where the item can have none. */
export function itemElement(schema: ListSchema, item: Json): string | undefined {
  if (schema.type === 'set') return typeof item === 'object' ? undefined : `v:${goJson(item)}`;
  if (!isObject(item)) return undefined;
  const members: (readonly [string, Json])[] = [];
  for (const name of schema.keys ?? []) {
    const value = own(item, name) ?? own(schema.keyDefaults ?? {}, name);
    if (value !== undefined) members.push([name, value]);
  }
  return members.length === 0 ? undefined : keyElement(members);
}

/** The path element of a list's item by its keys; written without an object in between, whose keys would not keep their order. */
export function keyElement(members: readonly (readonly [string, Json])[]): string {
  const sorted = members.length < 2 ? members : members.toSorted(([a], [b]) => byCodePoint(a, b));
  return `k:{${sorted.map(([name, value]) => `${JSON.stringify(name)}:${goJson(value)}`).join(',')}}`;
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

/** A path as messages show it: `.spec.containers[name="web"].image` (Go's fieldpath.Path String). */
export function showPath(path: readonly string[]): string {
  return path.map(showElement).join('');
}

/** A path element as messages show it. */
export function showElement(element: string): string {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (element.startsWith('i:')) return `[${rest}]`;
  if (element.startsWith('v:')) return `[=${showScalar(parseJson(rest))}]`;
  return `[${membersOf(element)
    .map(([name, value]) => `${name}=${showScalar(value)}`)
    .join(',')}]`;
}

function showScalar(value: Json): string {
  return typeof value === 'string' ? quote(value) : showValue(value);
}

function membersOf(element: string): [string, Json][] {
  const keys = parseJson(element.slice(2));
  if (!isObject(keys)) return [];
  const members = Object.keys(keys).map((name): [string, Json] => [name, keys[name] ?? null]);
  return members.sort(([a], [b]) => byCodePoint(a, b));
}

/** Path elements in the order of a set: fields, keys, values, indexes; within each by what they stand for. */
export function sortElements(elements: Iterable<string>): string[] {
  const sorted = [...elements];
  if (sorted.length < 2) return sorted;
  if (sorted.every((element) => element.startsWith('f:'))) return sorted.sort(byCodePoint);
  // Each is read once: reading both sides of each comparison takes most of the time of an apply with many items.
  const read = sorted.map(readElement);
  return read.sort(compareElements).map(({ element }) => element);
}

/** A path element and what it stands for. */
type ReadElement =
  | { readonly kind: 0; readonly element: string }
  | { readonly kind: 1; readonly element: string; readonly members: readonly (readonly [string, Json])[] }
  | { readonly kind: 2; readonly element: string; readonly value: Json }
  | { readonly kind: 3; readonly element: string; readonly index: number };

function readElement(element: string): ReadElement {
  switch (element.charAt(0)) {
    case 'k':
      return { kind: 1, element, members: membersOf(element) };
    case 'v':
      return { kind: 2, element, value: parseJson(element.slice(2)) };
    case 'i':
      return { kind: 3, element, index: Number(element.slice(2)) };
    default:
      return { kind: 0, element };
  }
}

function compareElements(a: ReadElement, b: ReadElement): number {
  if (a.kind === 0 && b.kind === 0) return byCodePoint(a.element, b.element);
  if (a.kind === 1 && b.kind === 1) return compareMembers(a.members, b.members);
  if (a.kind === 2 && b.kind === 2) return compareValues(a.value, b.value);
  if (a.kind === 3 && b.kind === 3) return a.index - b.index;
  return a.kind - b.kind;
}

function compareMembers(a: readonly (readonly [string, Json])[], b: readonly (readonly [string, Json])[]): number {
  for (const [at, [name, value]] of a.entries()) {
    const other = b[at];
    if (other === undefined) return 1;
    const order = byCodePoint(name, other[0]) || compareValues(value, other[1]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Numbers before texts before booleans; the rest, which no key or value is, by its text. */
function compareValues(a: Json, b: Json): number {
  const byKind = rank(a) - rank(b);
  if (byKind !== 0) return byKind;
  if (typeof a === 'string' && typeof b === 'string') return byCodePoint(a, b);
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : Number(a > b);
  return byCodePoint(goJson(a), goJson(b));
}

function rank(value: Json): number {
  if (isNumber(value)) return 0;
  if (typeof value === 'string') return 1;
  return typeof value === 'boolean' ? 2 : 3;
}

function isNumber(value: Json): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}
