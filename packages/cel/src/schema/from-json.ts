import { equal, isArray, isObject, own } from '@kcp/api-machinery';
import type { Json, JsonObject } from '@kcp/api-machinery';
import { decodeBase64 } from '../library/extensions.ts';
import { equalValues } from '../values/equal.ts';
import { Fault } from '../values/fault.ts';
import { Members } from '../values/members.ts';
import { smallInt } from '../values/number.ts';
import { parseDuration, parseTimestamp } from '../values/time.ts';
import type { CelType } from '../values/type.ts';
import { ArrayList, Double, itemsOf, ListValue, MapValue, StructValue } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import { fieldOf } from './declared-type.ts';
import type { DeclaredType } from './declared-type.ts';

/** Data as a value of its declared type. Nothing is copied: parts are read when an expression asks for them. */
export function valueFromJson(json: Json, declared: DeclaredType | undefined): Value {
  if (declared === undefined) return dynamicValue(json);
  if (json === null) return null;
  switch (declared.kind) {
    case 'object':
      return isObject(json) ? new JsonStruct(json, declared) : dynamicValue(json);
    case 'map':
      return isObject(json) ? new JsonMap(json, declared.element) : dynamicValue(json);
    case 'list':
      return isArray(json) ? listOf(json, declared) : dynamicValue(json);
    case 'scalar':
      return scalarValue(json, declared.type);
  }
}

/** Data without a schema: whole numbers are ints. */
export function dynamicValue(json: Json): Value {
  if (typeof json === 'number') return Number.isSafeInteger(json) ? json : new Double(json);
  if (typeof json === 'bigint') return smallInt(json);
  if (isArray(json)) return new JsonList(json, undefined);
  if (isObject(json)) return new JsonMap(json, undefined);
  return json;
}

function scalarValue(json: Json, type: CelType): Value {
  if (typeof json === 'string') return textValue(json, type);
  if (type.kind === 'double' && (typeof json === 'number' || typeof json === 'bigint')) return new Double(Number(json));
  return dynamicValue(json);
}

function textValue(text: string, type: CelType): Value {
  if (type.kind === 'timestamp') {
    return parseTimestamp(text.length === 10 ? `${text}T00:00:00Z` : text) ?? unreadable(text, 'date-time');
  }
  if (type.kind === 'duration') return parseDuration(text) ?? unreadable(text, 'duration');
  return type.kind === 'bytes' ? decodeBase64(text) : text;
}

function unreadable(text: string, format: string): never {
  throw new Fault(`Invalid ${format} ${text}`);
}

/** An object whose schema names its fields. */
class JsonStruct extends StructValue {
  readonly #json: JsonObject;
  readonly #declared: DeclaredType;

  constructor(json: JsonObject, declared: DeclaredType) {
    super();
    this.#json = json;
    this.#declared = declared;
  }

  get type(): CelType {
    return this.#declared.type;
  }

  get(name: string): Value | undefined {
    const field = fieldOf(this.#declared, name);
    if (field === undefined) return undefined;
    const json = own(this.#json, field.property);
    return json === undefined ? undefined : valueFromJson(json, field.declared);
  }

  has(name: string): boolean {
    const field = fieldOf(this.#declared, name);
    return field !== undefined && own(this.#json, field.property) !== undefined;
  }

  override *entries(): Iterable<readonly [property: string, value: Value]> {
    for (const [name, { property }] of this.#declared.fields ?? []) {
      const value = this.get(name);
      if (value !== undefined) yield [property, value];
    }
  }

  equals(other: StructValue): boolean {
    if (!(other instanceof JsonStruct)) return false;
    if (equal(this.#json, other.#json)) return true;
    const names = [...(this.#declared.fields?.keys() ?? [])];
    return names.every((name) => {
      const a = this.get(name);
      const b = other.get(name);
      return a === undefined || b === undefined ? a === b : equalValues(a, b);
    });
  }
}

/** An object whose keys are data. */
class JsonMap extends MapValue {
  readonly #json: JsonObject;
  readonly #element: DeclaredType | undefined;

  constructor(json: JsonObject, element: DeclaredType | undefined) {
    super();
    this.#json = json;
    this.#element = element;
  }

  get size(): number {
    return Object.keys(this.#json).length;
  }

  find(key: Value): Value | undefined {
    const json = typeof key === 'string' ? own(this.#json, key) : undefined;
    return json === undefined ? undefined : valueFromJson(json, this.#element);
  }

  keys(): readonly Value[] {
    return Object.keys(this.#json);
  }
}

/** An array, read item by item. */
class JsonList extends ListValue {
  readonly #json: readonly Json[];
  readonly #element: DeclaredType | undefined;

  constructor(json: readonly Json[], element: DeclaredType | undefined) {
    super();
    this.#json = json;
    this.#element = element;
  }

  get size(): number {
    return this.#json.length;
  }

  at(index: number): Value {
    return valueFromJson(this.#json[index] ?? null, this.#element);
  }
}

function listOf(json: readonly Json[], declared: DeclaredType): ListValue {
  const kind = declared.schema['x-kubernetes-list-type'];
  if (kind === 'set') return new KeyedList(json, declared.element, (item) => item);
  const keys = declared.schema['x-kubernetes-list-map-keys'];
  if (kind !== 'map' || keys === undefined) return new JsonList(json, declared.element);
  return new KeyedList(json, declared.element, (item) => keyOf(item, keys));
}

function keyOf(item: Value, keys: readonly string[]): Value {
  if (!(item instanceof StructValue) && !(item instanceof MapValue)) return item;
  const parts = keys.map((key) => (item instanceof StructValue ? item.get(key) : item.find(key)) ?? null);
  return new ArrayList(parts);
}

/** A set, or a list whose items have keys: order does not matter, and adding replaces what has the same key. */
class KeyedList extends JsonList {
  readonly #key: (item: Value) => Value;

  constructor(json: readonly Json[], element: DeclaredType | undefined, key: (item: Value) => Value) {
    super(json, element);
    this.#key = key;
  }

  override equalsList(other: ListValue): boolean {
    if (this.size !== other.size) return false;
    const others = itemsOf(other);
    const members = new Members();
    let collected = 0;
    return itemsOf(this).every((item, i) => {
      // most often nothing changed its place
      if (equalValues(item, others[i] ?? null)) return true;
      for (; collected < others.length; collected += 1) members.add(others[collected] ?? null);
      return members.has(item);
    });
  }

  override concat(other: ListValue): ListValue {
    const items = [...itemsOf(this)];
    const keys = new Members();
    for (const item of items) keys.add(this.#key(item));
    for (const item of itemsOf(other)) {
      const key = this.#key(item);
      const at = keys.has(key) ? items.findIndex((each) => equalValues(this.#key(each), key)) : -1;
      if (at >= 0) items[at] = item;
      else {
        items.push(item);
        keys.add(key);
      }
    }
    return new ArrayList(items);
  }
}
