import { isArray, isObject, own, put } from '@kcp/api-machinery';
import type { Json, JsonObject, MutableJsonObject } from '@kcp/api-machinery';
import { isAtomic, memberSchema, resolve } from './apply-schema.ts';
import type { ApplySchema, ListSchema, ObjectSchema } from './apply-schema.ts';
import { itemElement } from './path-element.ts';

/**
 * Lays an applied configuration over a live value: what is owned as a whole is replaced, the rest is united (Go package
 * structured-merge-diff/typed, Merge). undefined where nothing is left to be set.
 */
export function mergeValues(live: Json | undefined, applied: Json | undefined, schema: ApplySchema): Json | undefined {
  const type = resolve(schema, applied === undefined ? live : applied);
  if (type.kind === 'scalar' || isAtomic(type)) return applied === undefined ? live : applied;
  if (type.kind === 'list') return mergeLists(live, applied, type);
  return mergeObjects(live, applied, type);
}

function mergeObjects(live: Json | undefined, applied: Json | undefined, schema: ObjectSchema): Json | undefined {
  const [old, next] = [filledObject(live), filledObject(applied)];
  if (old === undefined && next === undefined) return applied === undefined ? live : applied;
  const merged: MutableJsonObject = {};
  for (const name of Object.keys({ ...old, ...next })) {
    const [before, after] = [old && own(old, name), next && own(next, name)];
    const value = mergeValues(before, after, memberSchema(schema, name));
    if (value !== undefined) put(merged, name, value);
  }
  return Object.keys(merged).length === 0 ? undefined : merged;
}

function filledObject(value: Json | undefined): JsonObject | undefined {
  return isObject(value) && Object.keys(value).length > 0 ? value : undefined;
}

function mergeLists(live: Json | undefined, applied: Json | undefined, schema: ListSchema): Json | undefined {
  const [old, next] = [items(live, schema), items(applied, schema)];
  if (old.length === 0 && next.length === 0) return applied === undefined ? live : applied;
  const merged = new ListMerge(old, next, schema).run();
  return merged.length === 0 ? undefined : merged;
}

interface Item {
  readonly element: string;
  readonly value: Json;
}

function items(value: Json | undefined, schema: ListSchema): Item[] {
  const found: Item[] = [];
  for (const item of isArray(value) ? value : []) {
    const element = itemElement(schema, item);
    if (element !== undefined) found.push({ element, value: item });
  }
  return found;
}

/**
 * One list of a live object and an applied one: applied items keep the order that the configuration gives them, the others
 * stay between their neighbours.
 */
class ListMerge {
  readonly #live: readonly Item[];
  readonly #applied: readonly Item[];
  readonly #schema: ListSchema;
  /** null where an element comes twice: such items are replaced rather than merged with. */
  readonly #liveValues = new Map<string, Json>();
  readonly #appliedValues = new Map<string, Json>();
  /** Elements of both sides that are still to come, in the order of the configuration. */
  readonly #shared: string[];
  readonly #taken = new Set<string>();
  readonly #merged: Json[] = [];
  #nextShared = 0;

  constructor(live: readonly Item[], applied: readonly Item[], schema: ListSchema) {
    this.#live = live;
    this.#applied = applied;
    this.#schema = schema;
    for (const { element, value } of live) this.#liveValues.set(element, this.#liveValues.has(element) ? null : value);
    for (const { element, value } of applied) this.#appliedValues.set(element, value);
    this.#shared = applied.map(({ element }) => element).filter((element) => this.#liveValues.has(element));
  }

  run(): Json[] {
    let [left, right] = [0, 0];
    while (left < this.#live.length || right < this.#applied.length) {
      const [old, next] = [this.#live[left], this.#applied[right]];
      if (old !== undefined && next !== undefined && old.element === next.element) {
        this.#takeApplied(next.element);
        this.#nextShared++;
        left++;
        right++;
      } else if (old !== undefined && next !== undefined && this.#comesLater(old.element)) left++;
      else if (old !== undefined && !this.#appliedValues.has(old.element)) {
        this.#push(old.value, undefined);
        left++;
      } else {
        if (old !== undefined && this.#taken.has(old.element)) left++;
        if (next !== undefined) {
          this.#takeApplied(next.element);
          if (this.#shared[this.#nextShared] === next.element) this.#nextShared++;
          right++;
        }
      }
    }
    return this.#merged;
  }

  /** A shared item, but not the one whose turn it is. */
  #comesLater(element: string): boolean {
    const expected = this.#shared[this.#nextShared];
    return this.#appliedValues.has(element) && expected !== undefined && expected !== element;
  }

  #takeApplied(element: string): void {
    this.#taken.add(element);
    this.#push(this.#liveValues.get(element), this.#appliedValues.get(element));
  }

  #push(live: Json | undefined, applied: Json | undefined): void {
    const value = mergeValues(live, applied, this.#schema.items);
    if (value !== undefined) this.#merged.push(value);
  }
}
