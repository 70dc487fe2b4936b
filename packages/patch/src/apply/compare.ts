import { equal, isArray, isObject, own } from '@kcp/api-machinery';
import type { Json } from '@kcp/api-machinery';
import { isAtomic, memberSchema, resolve } from './apply-schema.ts';
import type { ApplySchema, ListSchema, ObjectSchema } from './apply-schema.ts';
import { FieldSetBuilder } from './field-set.ts';
import type { FieldSet } from './field-set.ts';
import { fieldElement, itemsByElement } from './path-element.ts';

/** What differs between two values of one type. */
export interface Comparison {
  readonly added: FieldSet;
  readonly removed: FieldSet;
  readonly modified: FieldSet;
}

/** Compares two values of one type, so finely as its parts are owned (Go package structured-merge-diff/typed, Compare). */
export function compareValues(before: Json, after: Json, schema: ApplySchema): Comparison {
  const walk = new Walk();
  walk.values({ before, after }, schema);
  return { added: walk.added.build(), removed: walk.removed.build(), modified: walk.modified.build() };
}

/** The two sides of a path; undefined where a side has nothing there. */
interface Sides {
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

const NO_ITEMS: readonly Json[] = [];

class Walk {
  readonly added = new FieldSetBuilder();
  readonly removed = new FieldSetBuilder();
  readonly modified = new FieldSetBuilder();
  /** Where the walk is. */
  readonly #path: string[] = [];

  values(sides: Sides, schema: ApplySchema): void {
    const { before, after } = sides;
    // What a write does not touch is mostly the very same value.
    if (before === after) return;
    const [old, next] = [resolve(schema, before), resolve(schema, after)];
    if (before !== undefined && after !== undefined && old !== next) this.#value(sides, old);
    const wasLeaf = this.#value(sides, after === undefined ? old : next);
    if (wasLeaf) return;
    if (before === undefined) this.added.insert(this.#path);
    else if (after === undefined) this.removed.insert(this.#path);
  }

  #below(element: string, sides: Sides, schema: ApplySchema): void {
    this.#path.push(element);
    this.values(sides, schema);
    this.#path.pop();
  }

  /** True where the path is a leaf: compared as a whole. */
  #value(sides: Sides, schema: Exclude<ApplySchema, { kind: 'deduced' }>): boolean {
    const { before, after } = sides;
    const isLeaf =
      schema.kind === 'scalar' || isAtomic(schema) || (isHollow(before, schema) && isHollow(after, schema));
    if (isLeaf) this.#leaf(sides);
    else if (schema.kind === 'list') this.#items(sides, schema);
    else this.#members(sides, schema);
    return isLeaf;
  }

  #leaf({ before, after }: Sides): void {
    if (before === undefined) this.added.insert(this.#path);
    else if (after === undefined) this.removed.insert(this.#path);
    else if (!equal(before, after)) this.modified.insert(this.#path);
  }

  #members({ before, after }: Sides, schema: ObjectSchema): void {
    const [old, next] = [isObject(before) ? before : {}, isObject(after) ? after : {}];
    for (const name of Object.keys(old)) this.#member(name, { before: own(old, name), after: own(next, name) }, schema);
    for (const name of Object.keys(next))
      if (!Object.hasOwn(old, name)) this.#member(name, { before: undefined, after: own(next, name) }, schema);
  }

  #member(name: string, sides: Sides, schema: ObjectSchema): void {
    if (sides.before !== sides.after) this.#below(fieldElement(name), sides, memberSchema(schema, name));
  }

  #items({ before, after }: Sides, schema: ListSchema): void {
    const old = itemsByElement(schema, before !== undefined && isArray(before) ? before : []);
    const next = itemsByElement(schema, after !== undefined && isArray(after) ? after : []);
    for (const [element, items] of old)
      this.#item(element, { old: items, next: next.get(element) ?? NO_ITEMS }, schema);
    for (const [element, items] of next) {
      if (!old.has(element)) this.#item(element, { old: NO_ITEMS, next: items }, schema);
    }
  }

  /** Items that share one path element are compared as a whole. */
  #item(
    element: string,
    { old, next }: { readonly old: readonly Json[]; readonly next: readonly Json[] },
    schema: ListSchema,
  ): void {
    const [before, after] = [old[0], next[0]];
    if (old.length < 2 && next.length < 2) {
      this.#below(element, { before, after }, schema.items);
      return;
    }
    if (old.length < 2) this.#below(element, { before, after: undefined }, schema.items);
    else if (next.length < 2) this.#below(element, { before: undefined, after }, schema.items);
    this.#path.push(element);
    if (old.length < 2) this.added.insert(this.#path);
    else if (next.length < 2) this.removed.insert(this.#path);
    else if (!equal(old, next)) this.modified.insert(this.#path);
    this.#path.pop();
  }
}

/** Nothing, null, empty or of another kind: nothing is in it that could be compared part by part. */
function isHollow(value: Json | undefined, schema: ObjectSchema | ListSchema): boolean {
  if (schema.kind === 'list') return value === undefined || !isArray(value) || value.length === 0;
  return !isObject(value) || Object.keys(value).length === 0;
}
