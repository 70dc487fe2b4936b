import type { Json, JsonObject } from '@kcp/api-machinery';

/** An OpenAPI v3 schema as a definition's version has it. */
export type Schema = JsonObject;

/** A rule in CEL, as in `x-kubernetes-validations`. */
export type Rule = { readonly rule: string; readonly message: string };

/** What there is to say about a value beside its type. Names are the schema's own; those of Kubernetes' extensions are short. */
export interface Facts {
  readonly default?: Json;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly oneOf?: readonly JsonObject[];
  readonly not?: JsonObject;
  /** `x-kubernetes-validations`. */
  readonly rules?: readonly Rule[];
  /** `x-kubernetes-list-type`. */
  readonly listType?: 'atomic' | 'set' | 'map';
  /** `x-kubernetes-list-map-keys`. */
  readonly listKeys?: readonly string[];
  /** `x-kubernetes-map-type`. */
  readonly mapType?: 'atomic';
  /** `x-kubernetes-preserve-unknown-fields`. */
  readonly preserveUnknownFields?: true;
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  rules: 'x-kubernetes-validations',
  listType: 'x-kubernetes-list-type',
  listKeys: 'x-kubernetes-list-map-keys',
  mapType: 'x-kubernetes-map-type',
  preserveUnknownFields: 'x-kubernetes-preserve-unknown-fields',
};

/** Facts under the names that a schema has for them. */
function keywords(facts: Facts): JsonObject {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [EXTENSIONS[name] ?? name, value]));
}

/** A string. */
export function text(description: string, facts: Facts = {}): Schema {
  return { description, type: 'string', ...keywords(facts) };
}

/** A boolean. */
export function flag(description: string, facts: Facts = {}): Schema {
  return { description, type: 'boolean', ...keywords(facts) };
}

/** An integer. */
export function integer(description: string, facts: Facts = {}): Schema {
  return { description, type: 'integer', ...keywords(facts) };
}

/** A list. */
export function list(description: string, items: Schema, facts: Facts = {}): Schema {
  return { description, type: 'array', items, ...keywords(facts) };
}

/** An object whose keys are data. */
export function map(description: string, values: Schema, facts: Facts = {}): Schema {
  return { description, type: 'object', additionalProperties: values, ...keywords(facts) };
}

/** An object with named fields. */
export function struct(description: string, fields: Readonly<Record<string, Schema>>, facts: Facts = {}): Schema {
  return { description, type: 'object', properties: fields, ...keywords(facts) };
}

/** An object about whose fields nothing is said: empty where unknown fields are pruned. */
export function anyObject(description: string, facts: Facts = {}): Schema {
  return { description, type: 'object', ...keywords(facts) };
}

/** Strings of which nothing more is known. */
export const strings: Schema = { type: 'string' };

/** The same schema, described for where it stands. */
export function describedAs(description: string, schema: Schema, facts: Facts = {}): Schema {
  return { ...schema, description, ...keywords(facts) };
}

/** A rule; the message is what clients see. */
export function rule(expression: string, message: string): Rule {
  return { rule: expression, message };
}

/** The rule that a value never changes once it is there. */
export function unchanged(message: string): Rule {
  return rule('self == oldSelf', message);
}
