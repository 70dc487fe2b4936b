import type { Json, JsonObject, MutableJsonObject } from '@kcp/api-machinery';
import { isArray, isObject, own, put } from '@kcp/api-machinery';

const NAMES = ['a', 'b', 'c', 'items', 'kind', '__proto__', 'constructor', '10', '9', 'with.dot'] as const;
const TEXTS = ['', 'x', 'abc', 'äöü', '😀', 'TOO-LONG-TEXT', '2024-02-29', '10.0.0.1', '1h', 'a\u0000b'] as const;
const NUMBERS: readonly Json[] = [0, 1, -1, 2, 5, 1.5, 0.1, 1e21, -0.5, 2 ** 31, 2n ** 63n - 1n, 2n ** 63n, 1e300];
const PATTERNS = ['^a', '^[a-z]+$', 'x|y', '(?i)abc', '^\\p{L}*$'] as const;
const FORMATS = ['date', 'date-time', 'ipv4', 'duration', 'int32', 'int64', 'float', 'byte', 'made-up'] as const;
const TYPES = ['string', 'integer', 'number', 'boolean', 'array', 'object'] as const;

/** Schemas and values out of a seed: the same seed gives the same ones. */
export class Arbitrary {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number from 0 to below `limit` (mulberry32). */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  /** True in `percent` of a hundred cases. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.below(from.length)];
    if (picked === undefined) throw new RangeError('nothing to pick from');
    return picked;
  }

  /** A schema for a resource's root: an object with a few properties. */
  rootSchema(): JsonObject {
    const properties: MutableJsonObject = {};
    for (const name of ['spec', 'status']) put(properties, name, this.schema(4));
    return { type: 'object', properties, ...(this.chance(20) ? { required: ['spec'] } : {}) };
  }

  /** Mostly a structural schema, sometimes one that breaks a rule. */
  schema(depth: number): JsonObject {
    if (this.chance(6)) return { 'x-kubernetes-int-or-string': true };
    if (this.chance(6)) return { 'x-kubernetes-preserve-unknown-fields': true };
    const type = this.pick(depth > 0 ? TYPES : TYPES.slice(0, 4));
    const schema: MutableJsonObject = { type };
    if (this.chance(15)) schema['nullable'] = true;
    if (type === 'object') this.#objectKeywords(schema, depth);
    else if (type === 'array') this.#listKeywords(schema, depth);
    else this.#scalarKeywords(schema, type);
    if (this.chance(12)) this.#junctor(schema, depth);
    if (this.chance(20)) schema['default'] = this.valueFor(schema, 2);
    return schema;
  }

  #objectKeywords(schema: MutableJsonObject, depth: number): void {
    if (this.chance(12)) schema['x-kubernetes-preserve-unknown-fields'] = true;
    if (this.chance(6)) schema['x-kubernetes-embedded-resource'] = true;
    if (this.chance(10)) schema['x-kubernetes-map-type'] = this.pick(['atomic', 'granular']);
    if (this.chance(20)) schema['minProperties'] = this.below(3);
    if (this.chance(20)) schema['maxProperties'] = this.below(4);
    if (this.chance(25)) schema['additionalProperties'] = this.chance(25) ? this.chance(50) : this.schema(depth - 1);
    else schema['properties'] = this.#properties(depth);
    if (this.chance(20)) schema['required'] = [this.pick(NAMES)];
  }

  #properties(depth: number): JsonObject {
    const properties: MutableJsonObject = {};
    for (let count = this.below(4); count > 0; count--) put(properties, this.pick(NAMES), this.schema(depth - 1));
    return properties;
  }

  #listKeywords(schema: MutableJsonObject, depth: number): void {
    schema['items'] = this.schema(depth - 1);
    if (this.chance(15)) schema['minItems'] = this.below(3);
    if (this.chance(15)) schema['maxItems'] = this.below(4);
    const choice = this.below(100);
    if (choice < 15) schema['x-kubernetes-list-type'] = 'set';
    else if (choice < 40) {
      const properties = { k: { type: this.pick(TYPES.slice(0, 4)) }, v: this.schema(depth - 1) };
      schema['items'] = { type: 'object', properties, required: ['k'] };
      schema['x-kubernetes-list-type'] = 'map';
      schema['x-kubernetes-list-map-keys'] = ['k'];
    }
  }

  #scalarKeywords(schema: MutableJsonObject, type: string): void {
    if (this.chance(15)) schema['enum'] = [this.pick(TEXTS), this.chance(50)];
    if (this.chance(25)) schema['format'] = this.pick(FORMATS);
    if (type === 'string') {
      if (this.chance(25)) schema['pattern'] = this.pick(PATTERNS);
      if (this.chance(20)) schema['maxLength'] = this.below(5);
      if (this.chance(20)) schema['minLength'] = this.below(4);
    } else if (type !== 'boolean') {
      if (this.chance(25)) schema['minimum'] = this.pick([0, 1, -5, 0.5, 1e6]);
      if (this.chance(25)) schema['maximum'] = this.pick([0, 3, 100, 2.5, 1e9]);
      if (this.chance(20)) schema['multipleOf'] = this.pick([0, 1, 2, 0.1, 0.5, -1]);
      if (this.chance(20)) schema['exclusiveMinimum'] = true;
      if (this.chance(20)) schema['exclusiveMaximum'] = true;
    }
  }

  #junctor(schema: MutableJsonObject, depth: number): void {
    const alternatives = [this.#validation(depth), this.#validation(depth)];
    const keyword = this.pick(['allOf', 'anyOf', 'oneOf', 'not']);
    schema[keyword] = keyword === 'not' ? this.#validation(depth) : alternatives;
  }

  #validation(depth: number): JsonObject {
    const choice = this.below(6);
    if (choice === 0) return { required: [this.pick(NAMES)] };
    if (choice === 1) return { minLength: this.below(4), maximum: this.below(5) };
    if (choice === 2) return { enum: [this.pick(TEXTS)] };
    if (choice === 3) return { pattern: this.pick(PATTERNS) };
    if (choice === 4 && depth > 0) return { properties: { [this.pick(NAMES)]: this.#validation(depth - 1) } };
    return depth > 0 ? { items: this.#validation(depth - 1) } : {};
  }

  scalar(): Json {
    const choice = this.below(4);
    if (choice === 0) return this.chance(50);
    return choice === 1 ? this.pick(NUMBERS) : this.pick(TEXTS);
  }

  /** Any value at all. */
  value(depth: number): Json {
    if (this.chance(8)) return null;
    if (depth <= 0 || this.chance(60)) return this.scalar();
    if (this.chance(40)) return Array.from({ length: this.below(4) }, () => this.value(depth - 1));
    const members: MutableJsonObject = {};
    for (let count = this.below(4); count > 0; count--) put(members, this.pick(NAMES), this.value(depth - 1));
    return members;
  }

  /** A value that has the shape of a schema more often than not. */
  valueFor(schema: JsonObject, depth: number): Json {
    if (this.chance(10) || depth < -3) return this.value(1);
    const type = own(schema, 'type');
    if (type === 'object') return this.#objectFor(schema, depth);
    if (type === 'array') {
      return Array.from({ length: this.below(4) }, () => this.valueFor(asObject(own(schema, 'items')), depth - 1));
    }
    if (type === 'boolean') return this.chance(50);
    if (type === 'string') return this.pick(TEXTS);
    if (type === 'integer') return this.pick([0, 1, 2, 3, -4, 100, 2n ** 63n - 1n]);
    return type === 'number' ? this.pick(NUMBERS) : this.value(2);
  }

  #objectFor(schema: JsonObject, depth: number): JsonObject {
    const members: MutableJsonObject = {};
    const properties = asObject(own(schema, 'properties'));
    for (const name of Object.keys(properties)) {
      if (this.chance(70)) put(members, name, this.valueFor(asObject(own(properties, name)), depth - 1));
    }
    if (own(schema, 'x-kubernetes-embedded-resource') === true) this.#embed(members);
    const rest = own(schema, 'additionalProperties');
    if (isObject(rest)) put(members, this.pick(NAMES), this.valueFor(rest, depth - 1));
    if (this.chance(15)) put(members, this.pick(NAMES), this.value(1));
    return members;
  }

  #embed(members: MutableJsonObject): void {
    if (this.chance(80)) members['apiVersion'] = this.pick(['v1', 'a/v1', 'a/b/c', '']);
    if (this.chance(80)) members['kind'] = this.pick(['Pod', 'Bad Kind', 'x']);
    if (this.chance(60)) members['metadata'] = this.#metadata();
  }

  #metadata(): JsonObject {
    return {
      name: this.pick(['n', 'Not OK', 'a/b']),
      ...(this.chance(30) ? { labels: { a: 'b' } } : {}),
      ...(this.chance(30) ? { colour: 'red' } : {}),
      ...(this.chance(10) ? { labels: { a: 1 } } : {}),
      ...(this.chance(20) ? { finalizers: ['x.example/y', ''] } : {}),
    };
  }

  /** The value with one place changed. */
  changed(value: Json): Json {
    if (isArray(value) && value.length > 0) {
      const at = this.below(value.length);
      return value.map((item, index) => (index === at ? this.changed(item) : item));
    }
    if (isObject(value) && Object.keys(value).length > 0) {
      const name = this.pick(Object.keys(value));
      const copy: MutableJsonObject = { ...value };
      put(copy, name, this.changed(own(value, name) ?? null));
      return copy;
    }
    return this.scalar();
  }
}

function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
