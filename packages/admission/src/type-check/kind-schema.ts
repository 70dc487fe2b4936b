import { isArray, isObject, own, type Json, type JsonObject } from '@kcp/api-machinery';
import type { Schema } from '@kcp/cel';

/** The OpenAPI definitions of a kind: `name` is the kind's own, the rest what it refers to by `#/components/schemas/…`. */
export interface KindDefinitions {
  readonly name: string;
  readonly schemas: Readonly<Record<string, JsonObject>>;
}

/** A value that no more is known of; expressions may do anything with it. */
const ANYTHING: Schema = { 'x-kubernetes-int-or-string': true };
const REFERENCE = '#/components/schemas/';

/**
 * The schema of a kind as expressions see it, references resolved (k8s.io/apiserver openapi/resolver). What says no type, or
 * refers to itself, is a value of any kind. Undefined where the kind itself is not defined.
 */
export function kindSchema({ name, schemas }: KindDefinitions): Schema | undefined {
  const root = own(schemas, name);
  return isObject(root) ? new Resolver(schemas).resolve(root, new Set([name])) : undefined;
}

class Resolver {
  readonly #schemas: KindDefinitions['schemas'];

  constructor(schemas: KindDefinitions['schemas']) {
    this.#schemas = schemas;
  }

  /** `within` are the definitions that are being resolved: whoever names one of them refers to itself. */
  resolve(schema: JsonObject, within: ReadonlySet<string>): Schema {
    const name = referenceOf(schema);
    if (name === undefined) return this.#plain(schema, within);
    const target = own(this.#schemas, name);
    if (!isObject(target) || within.has(name)) return ANYTHING;
    return this.resolve(target, new Set([...within, name]));
  }

  #plain(schema: JsonObject, within: ReadonlySet<string>): Schema {
    const format = textOf(own(schema, 'format'));
    if (own(schema, 'x-kubernetes-int-or-string') === true || format === 'int-or-string') return ANYTHING;
    const type = textOf(own(schema, 'type'));
    if (type === 'object') return this.#object(schema, within);
    if (type === 'array') return this.#array(schema, within);
    return type === undefined ? ANYTHING : { type, ...(format !== undefined && { format }) };
  }

  #object(schema: JsonObject, within: ReadonlySet<string>): Schema {
    const [properties, values] = [own(schema, 'properties'), own(schema, 'additionalProperties')];
    const keepsUnknown = own(schema, 'x-kubernetes-preserve-unknown-fields') === true;
    if (isObject(values)) return { type: 'object', additionalProperties: this.resolve(values, within) };
    if (!isObject(properties) || keepsUnknown) return ANYTHING;
    const declared = Object.entries(properties).map(([name, property]) => {
      return [name, isObject(property) ? this.resolve(property, within) : ANYTHING] as const;
    });
    return { type: 'object', properties: Object.fromEntries(declared) };
  }

  #array(schema: JsonObject, within: ReadonlySet<string>): Schema {
    const items = own(schema, 'items');
    const listType = textOf(own(schema, 'x-kubernetes-list-type'));
    const keys = own(schema, 'x-kubernetes-list-map-keys');
    return {
      type: 'array',
      items: isObject(items) ? this.resolve(items, within) : ANYTHING,
      ...(listType !== undefined && { 'x-kubernetes-list-type': listType }),
      ...(isArray(keys) && { 'x-kubernetes-list-map-keys': keys.filter((key) => typeof key === 'string') }),
    };
  }
}

/** A reference, also where a description stands beside it and it is the only one of an allOf. */
function referenceOf(schema: JsonObject): string | undefined {
  const reference = textOf(own(schema, '$ref'));
  if (reference?.startsWith(REFERENCE)) return reference.slice(REFERENCE.length);
  const all = own(schema, 'allOf');
  if (!isArray(all) || all.length !== 1) return undefined;
  const [only] = all;
  return isObject(only) ? referenceOf(only) : undefined;
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
