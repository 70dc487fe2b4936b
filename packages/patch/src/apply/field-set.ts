import { badRequest, isObject, parseJson, put, stringifyJson } from '@kcp/api-machinery';
import type { Json, JsonObject, MutableJsonObject } from '@kcp/api-machinery';

/**
 * A set of paths into an object: who owns what. A tree by path elements in their written form (`f:name`, `k:{"name":"a"}`,
 * `v:"x"`, `i:0`; Go package structured-merge-diff/fieldpath). `member` says that the path to here is itself in the set.
 */
export interface FieldSet {
  readonly member: boolean;
  readonly children: ReadonlyMap<string, FieldSet>;
}

/** The set without paths. */
export const emptyFieldSet: FieldSet = { member: false, children: new Map() };

/** A path into an object. */
export type FieldPath = readonly string[];

interface MutableFieldSet extends FieldSet {
  member: boolean;
  readonly children: Map<string, MutableFieldSet>;
}

/** Collects paths. */
export class FieldSetBuilder {
  readonly #root: MutableFieldSet = { member: false, children: new Map() };

  /** Adds a path; the empty one, the object itself, is never owned. */
  insert(path: FieldPath): void {
    if (path.length === 0) return;
    let node = this.#root;
    for (const element of path) {
      let next = node.children.get(element);
      if (next === undefined) {
        next = { member: false, children: new Map() };
        node.children.set(element, next);
      }
      node = next;
    }
    node.member = true;
  }

  /** The paths so far; nothing may be inserted afterwards. */
  build(): FieldSet {
    return this.#root;
  }
}

/** True where a set holds no path. */
export function isEmptyFieldSet(set: FieldSet): boolean {
  return !set.member && [...set.children.values()].every(isEmptyFieldSet);
}

/** True where a set holds a path. */
export function hasPath(set: FieldSet, path: FieldPath): boolean {
  let node: FieldSet | undefined = set;
  for (const element of path) node = node?.children.get(element);
  return node?.member ?? false;
}

/** All paths of both sets. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, { keepsLeft: true, keepsRight: true, member: (x, y) => x || y });
}

/** The paths that both sets have. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, { keepsLeft: false, keepsRight: false, member: (x, y) => x && y });
}

/** The paths of the first set that the second has not. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return combine(a, b, { keepsLeft: true, keepsRight: false, member: (x, y) => x && !y });
}

/** The paths of the first set that are neither in the second nor below one that is. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [element, child] of a.children) {
    const other = b.children.get(element);
    if (other?.member) continue;
    const kept = other === undefined ? child : recursiveDifference(child, other);
    if (!isEmptyFieldSet(kept)) children.set(element, kept);
  }
  return { member: a.member && !b.member, children };
}

interface Combination {
  readonly keepsLeft: boolean;
  readonly keepsRight: boolean;
  readonly member: (a: boolean, b: boolean) => boolean;
}

function combine(a: FieldSet, b: FieldSet, how: Combination): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const [element, child] of a.children) {
    const other = b.children.get(element);
    if (other !== undefined) {
      const both = combine(child, other, how);
      if (!isEmptyFieldSet(both)) children.set(element, both);
    } else if (how.keepsLeft) children.set(element, child);
  }
  for (const [element, child] of how.keepsRight ? b.children : []) {
    if (!a.children.has(element)) children.set(element, child);
  }
  return { member: how.member(a.member, b.member), children };
}

/** True where both sets have the same paths. */
export function equalFieldSets(a: FieldSet, b: FieldSet): boolean {
  return isEmptyFieldSet(difference(a, b)) && isEmptyFieldSet(difference(b, a));
}

/** All paths, in the order of the tree. */
export function* pathsOf(set: FieldSet, above: FieldPath = []): Generator<FieldPath> {
  if (set.member) yield above;
  for (const [element, child] of set.children) yield* pathsOf(child, [...above, element]);
}

const ORDER = 'fkvi';

/** A set as managedFields has it (`fieldsV1`): elements in the order of fields, keys, values, indexes. */
export function toFieldsV1(set: FieldSet): JsonObject {
  const written: MutableJsonObject = {};
  if (set.member && set.children.size > 0) written['.'] = {};
  const elements = [...set.children.keys()].sort(compareElements);
  for (const element of elements) {
    const child = set.children.get(element);
    if (child !== undefined) put(written, element, toFieldsV1(child));
  }
  return written;
}

function compareElements(a: string, b: string): number {
  const byKind = ORDER.indexOf(a[0] ?? '') - ORDER.indexOf(b[0] ?? '');
  if (byKind !== 0) return byKind;
  if (a.startsWith('i:')) return Number(a.slice(2)) - Number(b.slice(2));
  return a < b ? -1 : Number(a > b);
}

/** Reads `fieldsV1`; keys and values are brought into the one form that sets compare by. Throws ApiError 400 where a key is no path element. */
export function fromFieldsV1(written: Json): FieldSet {
  if (!isObject(written)) throw badRequest('fieldsV1 is no object');
  return readNode(written, false);
}

function readNode(written: JsonObject, below: boolean): FieldSet {
  const children = new Map<string, FieldSet>();
  let member = below && Object.keys(written).length === 0;
  for (const key of Object.keys(written)) {
    const child = written[key] ?? null;
    if (!isObject(child)) throw badRequest(`fieldsV1: ${key} is no object`);
    if (key === '.') member = true;
    else children.set(readElement(key), readNode(child, true));
  }
  return { member, children };
}

function readElement(written: string): string {
  if (written.startsWith('f:') || /^i:-?\d+$/.test(written)) return written;
  if (!written.startsWith('k:{') && !written.startsWith('v:')) throw unknownElement(written);
  const value = readValue(written);
  if (!isObject(value)) return written.slice(0, 2) + stringifyJson(value);
  const sorted: MutableJsonObject = {};
  for (const name of Object.keys(value).sort()) put(sorted, name, value[name] ?? null);
  return written.slice(0, 2) + stringifyJson(sorted);
}

function readValue(written: string): Json {
  try {
    return parseJson(written.slice(2));
  } catch {
    throw unknownElement(written);
  }
}

function unknownElement(written: string): Error {
  return badRequest(`fieldsV1: unknown path element: ${written}`);
}
