import type { Json, JsonObject } from '@kcp/api-machinery';
import { isArray, isObject, own } from '@kcp/api-machinery';
import { correlateItems, unchanged } from '../correlate.ts';
import type { RuleNode } from './rule-node.ts';

/** A step from a value to a part of it; `key` is a key of a map. */
type Step =
  | { readonly kind: 'field' | 'key'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number };

/** A value that rules are run on, the value it takes the place of, and how it is reached. */
export class RuleTarget {
  readonly node: RuleNode;
  readonly value: Json;
  /** undefined where there is none that could be matched. */
  readonly old: Json | undefined;
  readonly #parent: RuleTarget | undefined;
  readonly #step: Step | undefined;
  readonly #base: string;
  #isUnchanged: boolean | undefined;

  private constructor(node: RuleNode, values: Values, reached?: Reached, base = '') {
    this.node = node;
    this.value = values.value;
    this.old = values.old;
    this.#parent = reached?.parent;
    this.#step = reached?.step;
    this.#base = base;
  }

  /** A whole value; `path` is where it stands, '' for an object. */
  static root(node: RuleNode, values: Values, path = ''): RuleTarget {
    return new RuleTarget(node, values, undefined, path);
  }

  /** The path from the root, as field errors spell it; `<nil>` for the root itself. */
  path(field: string): string {
    const path = this.#path();
    if (field === '') return path === '' ? '<nil>' : path;
    return path === '' ? field : `${path}.${field}`;
  }

  #path(): string {
    const step = this.#step;
    if (step === undefined || this.#parent === undefined) return this.#base;
    const above = this.#parent.#path();
    if (step.kind === 'index') return `${above}[${step.index}]`;
    if (step.kind === 'key') return `${above}[${step.name}]`;
    return above === '' ? step.name : `${above}.${step.name}`;
  }

  /**
   * Whether what is wrong here was so before: nothing changed since, here or, where the old value can't be told, in the nearest
   * part around it of which it can (KEP-4008). Type meta is never taken for unchanged.
   */
  get isRatcheted(): boolean {
    if (this.#isUnchanged === undefined) this.#isUnchanged = this.#findUnchanged();
    return this.#isUnchanged;
  }

  #findUnchanged(): boolean {
    if (this.#isTypeMeta()) return false;
    if (this.old === undefined) return this.#parent?.isRatcheted ?? false;
    return unchanged(this.node.schema, this.value, this.old);
  }

  #isTypeMeta(): boolean {
    const step = this.#step;
    const isTop = this.#parent !== undefined && this.#parent.#parent === undefined;
    return isTop && step?.kind === 'field' && (step.name === 'apiVersion' || step.name === 'kind');
  }

  /** The parts that have rules. */
  below(): readonly RuleTarget[] {
    if (isArray(this.value)) return this.#items(this.value);
    return isObject(this.value) ? this.#members(this.value) : [];
  }

  #items(values: readonly Json[]): readonly RuleTarget[] {
    const { items, schema } = this.node;
    if (items === undefined) return [];
    const find = this.old === undefined ? undefined : correlateItems(schema, this.old);
    return values.map((value, index) => {
      return new RuleTarget(items, { value, old: find?.(value) }, { parent: this, step: { kind: 'index', index } });
    });
  }

  #members(value: JsonObject): readonly RuleTarget[] {
    const { properties, values } = this.node;
    const found: RuleTarget[] = [];
    if (values !== undefined) {
      for (const name of Object.keys(value)) this.#member(found, values, { kind: 'key', name });
    }
    for (const [name, node] of properties) this.#member(found, node, { kind: 'field', name });
    return found;
  }

  #member(found: RuleTarget[], node: RuleNode, step: Step & { readonly name: string }): void {
    const value = isObject(this.value) ? own(this.value, step.name) : undefined;
    if (value === undefined || value === null) return;
    const old = isObject(this.old) ? own(this.old, step.name) : undefined;
    found.push(new RuleTarget(node, { value, old }, { parent: this, step }));
  }
}

/** A value, and what it takes the place of. */
export interface Values {
  readonly value: Json;
  readonly old: Json | undefined;
}

interface Reached {
  readonly parent: RuleTarget;
  readonly step: Step;
}
