import { sortElements } from './path-element.ts';

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
  if (a.children.size === 0 && !a.member) return b;
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

/** All paths in their order: of each part of the object first the members, then what lies below them. */
export function* pathsOf(set: FieldSet, above: FieldPath = []): Generator<FieldPath> {
  const elements = sortElements(set.children.keys());
  for (const element of elements) if (set.children.get(element)?.member) yield [...above, element];
  for (const element of elements) {
    const child = set.children.get(element);
    if (child !== undefined && child.children.size > 0) yield* pathsOf(child, [...above, element]);
  }
}
