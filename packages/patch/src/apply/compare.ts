import { equal, isArray, isObject, own } from '@kcp/api-machinery';
import type { Json } from '@kcp/api-machinery';
import { isAtomic, memberSchema, resolve } from './apply-schema.ts';
import type { ApplySchema, ListSchema, ObjectSchema } from './apply-schema.ts';
import { FieldSetBuilder } from './field-set.ts';
import type { FieldPath, FieldSet } from './field-set.ts';
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
  walk.values({ before, after, path: [] }, schema);
  return { added: walk.added.build(), removed: walk.removed.build(), modified: walk.modified.build() };
}

/** The two sides of a path; undefined where a side has nothing there. */
interface Sides {
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  readonly path: FieldPath;
}

const NO_ITEMS: readonly Json[] = [];

class Walk {
  readonly added = new FieldSetBuilder();
  readonly removed = new FieldSetBuilder();
  readonly modified = new FieldSetBuilder();

  values(sides: Sides, schema: ApplySchema): void {
    const { before, after, path } = sides;
    const [old, next] = [resolve(schema, before), resolve(schema, after)];
    if (before !== undefined && after !== undefined && old !== next) this.#value(sides, old);
    const wasLeaf = this.#value(sides, after === undefined ? old : next);
    if (wasLeaf) return;
    if (before === undefined) this.added.insert(path);
    else if (after === undefined) this.removed.insert(path);
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

  #leaf({ before, after, path }: Sides): void {
    if (before === undefined) this.added.insert(path);
    else if (after === undefined) this.removed.insert(path);
    else if (!equal(before, after)) this.modified.insert(path);
  }

  #members({ before, after, path }: Sides, schema: ObjectSchema): void {
    const [old, next] = [isObject(before) ? before : {}, isObject(after) ? after : {}];
    for (const name of new Set([...Object.keys(old), ...Object.keys(next)])) {
      const sides = { before: own(old, name), after: own(next, name), path: [...path, fieldElement(name)] };
      this.values(sides, memberSchema(schema, name));
    }
  }

  #items({ before, after, path }: Sides, schema: ListSchema): void {
    const old = itemsByElement(schema, before !== undefined && isArray(before) ? before : []);
    const next = itemsByElement(schema, after !== undefined && isArray(after) ? after : []);
    for (const [element, items] of old) {
      this.#item({ old: items, next: next.get(element) ?? NO_ITEMS, path: [...path, element] }, schema);
    }
    for (const [element, items] of next) {
      if (!old.has(element)) this.#item({ old: NO_ITEMS, next: items, path: [...path, element] }, schema);
    }
  }

  /** Items that share one path element are compared as a whole. */
  #item(
    { old, next, path }: { old: readonly Json[]; next: readonly Json[]; path: FieldPath },
    schema: ListSchema,
  ): void {
    const [before, after] = [old[0], next[0]];
    if (old.length < 2 && next.length < 2) this.values({ before, after, path }, schema.items);
    else if (old.length >= 2 && next.length >= 2) {
      if (!equal(old, next)) this.modified.insert(path);
    } else if (old.length >= 2) {
      if (after !== undefined) this.values({ before: undefined, after, path }, schema.items);
      this.removed.insert(path);
    } else {
      if (before !== undefined) this.values({ before, after: undefined, path }, schema.items);
      this.added.insert(path);
    }
  }
}

/** Nothing, null, empty or of another kind: nothing is in it that could be compared part by part. */
function isHollow(value: Json | undefined, schema: ObjectSchema | ListSchema): boolean {
  if (schema.kind === 'list') return value === undefined || !isArray(value) || value.length === 0;
  return !isObject(value) || Object.keys(value).length === 0;
}
