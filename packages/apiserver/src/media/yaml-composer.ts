import {
  ApiError,
  isArray,
  isObject,
  put,
  type Json,
  type JsonObject,
  type MutableJsonObject,
} from '@kcp/api-machinery';
import { EVENT_ID, getScalarValue, SCALAR_STYLE, type parseEvents } from 'js-yaml';
import { resolvePlain } from './yaml-scalar.ts';

type YamlEvent = ReturnType<typeof parseEvents>[number];
type ScalarEvent = Extract<YamlEvent, { type: typeof EVENT_ID.SCALAR }>;
type AliasEvent = Extract<YamlEvent, { type: typeof EVENT_ID.ALIAS }>;

/** A mapping under construction. */
interface Mapping {
  readonly object: MutableJsonObject;
  /** Keys that a merge brought in: what the mapping says itself takes their place without being said twice. */
  readonly merged: Set<string>;
}

/** The most values that a document may hold once its aliases are followed: a bound on alias bombs. */
const NODE_BUDGET = 100_000;

/** How deep lists and mappings may be nested, as in JSON. */
export const YAML_DEPTH = 1000;

/** Makes JSON of the events of a YAML text. Aliases share the value that they stand for. */
export class YamlComposer {
  readonly #text: string;
  readonly #events: readonly YamlEvent[];
  readonly #anchors = new Map<string, { readonly value: Json; readonly size: number }>();
  readonly #duplicates: string[] = [];
  #at = 0;
  #nodes = 0;
  #depth = 0;

  constructor(text: string, events: readonly YamlEvent[]) {
    this.#text = text;
    this.#events = events;
  }

  /** The first document. Throws SyntaxError, and BadRequest where its aliases go beyond the budget. */
  document(): { readonly value: Json; readonly duplicates: readonly string[] } {
    const first = this.#next();
    if (first === undefined || first.type !== EVENT_ID.DOCUMENT || this.#ends()) return { value: null, duplicates: [] };
    return { value: this.#value(), duplicates: this.#duplicates };
  }

  #next(): YamlEvent | undefined {
    return this.#events[this.#at++];
  }

  #ends(): boolean {
    const event = this.#events[this.#at];
    return event === undefined || event.type === EVENT_ID.POP;
  }

  #value(): Json {
    const event = this.#next();
    if (event === undefined || event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP)
      throw new SyntaxError('yaml: unexpected end');
    const before = this.#nodes;
    this.#spend(1);
    if (event.type === EVENT_ID.ALIAS) return this.#alias(event);
    if (++this.#depth > YAML_DEPTH) throw new SyntaxError('yaml: exceeded max depth');
    const value = this.#content(event);
    this.#depth--;
    if (event.anchorStart >= 0) {
      const name = this.#text.slice(event.anchorStart, event.anchorEnd);
      this.#anchors.set(name, { value, size: this.#nodes - before });
    }
    return value;
  }

  #content(event: Exclude<YamlEvent, AliasEvent>): Json {
    if (event.type === EVENT_ID.SCALAR) return readScalar(this.#text, event);
    return event.type === EVENT_ID.SEQUENCE ? this.#sequence() : this.#mapping();
  }

  #alias(event: AliasEvent): Json {
    const name = this.#text.slice(event.anchorStart, event.anchorEnd);
    const known = this.#anchors.get(name);
    if (known === undefined) throw new SyntaxError(`yaml: unknown anchor '${name}' referenced`);
    this.#spend(known.size);
    return known.value;
  }

  #sequence(): Json {
    const items: Json[] = [];
    while (!this.#ends()) items.push(this.#value());
    this.#at++;
    return items;
  }

  #mapping(): Json {
    const mapping: Mapping = { object: {}, merged: new Set() };
    while (!this.#ends()) {
      const merges = this.#isMergeKey();
      const key = keyText(this.#value());
      const value = this.#value();
      if (merges) merge(mapping, value);
      else this.#put(mapping, key, value);
    }
    this.#at++;
    return mapping.object;
  }

  #isMergeKey(): boolean {
    const event = this.#events[this.#at];
    return (
      event?.type === EVENT_ID.SCALAR &&
      event.style === SCALAR_STYLE.PLAIN &&
      getScalarValue(this.#text, event) === '<<'
    );
  }

  #put({ object, merged }: Mapping, key: string, value: Json): void {
    if (Object.hasOwn(object, key) && !merged.delete(key))
      this.#duplicates.push(`duplicate key ${JSON.stringify(key)}`);
    put(object, key, value);
  }

  #spend(nodes: number): void {
    this.#nodes += nodes;
    if (this.#nodes > NODE_BUDGET)
      throw new ApiError(
        'BadRequest',
        `the YAML document holds more than ${NODE_BUDGET} values once its aliases are followed`,
      );
  }
}

/** What a mapping takes from others under `<<`; of several the first one counts, and what it says itself before all. */
function merge(mapping: Mapping, source: Json): void {
  for (const one of isArray(source) ? source : [source]) {
    if (!isObject(one)) throw new SyntaxError('yaml: map merge requires map or sequence of maps as the value');
    mergeOne(mapping, one);
  }
}

function mergeOne({ object, merged }: Mapping, source: JsonObject): void {
  for (const [name, value] of Object.entries(source)) {
    if (Object.hasOwn(object, name) || value === undefined) continue;
    put(object, name, value);
    merged.add(name);
  }
}

function keyText(key: Json): string {
  if (typeof key === 'string') return key;
  if (typeof key === 'object' && key !== null) throw new SyntaxError('yaml: a mapping key is not a scalar');
  return String(key);
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function readScalar(text: string, event: ScalarEvent): Json {
  const value = getScalarValue(text, event).toWellFormed();
  if (event.tagStart < 0) return event.style === SCALAR_STYLE.PLAIN ? resolvePlain(value) : value;
  const tag = text.slice(event.tagStart, event.tagEnd);
  if (tag.endsWith('str')) return value;
  return tag.endsWith('binary') ? readBinary(value) : resolvePlain(value);
}

function readBinary(value: string): string {
  const bare = value.replaceAll(/[\r\n]/g, '');
  if (!BASE64.test(bare)) throw new SyntaxError('yaml: !!binary value contains invalid base64 data');
  return Buffer.from(bare, 'base64').toString('utf8');
}
