import { isArray, isObject, own, put, type Json, type JsonObject, type MutableJsonObject } from '@kcp/api-machinery';
import { Pace } from '../../verbs/breathe.ts';
import type { SwaggerForm } from './v2-form.ts';

/** Keywords that OpenAPI v2 does not know: dropped, which makes the schema accept more. */
const UNKNOWN = new Set(['oneOf', 'anyOf', 'allOf', 'not', 'nullable']);

/** Writes the one OpenAPI v2 document that the v3 documents of all group versions make together, a group version at a time. */
export class SwaggerWriter {
  readonly #form: SwaggerForm;
  readonly #paths = new Map<string, Buffer>();
  readonly #definitions = new Map<string, Buffer>();
  readonly #pace = new Pace();

  constructor(form: SwaggerForm) {
    this.#form = form;
  }

  /** Definitions that several documents share are taken once: they are the same. */
  async add(document: JsonObject): Promise<void> {
    for (const [path, item] of Object.entries(member(document, 'paths'))) {
      if (isObject(item)) this.#paths.set(path, this.#form.path(path, pathItem(item)));
      await this.#pace.turn();
    }
    for (const [name, schema] of Object.entries(member(member(document, 'components'), 'schemas'))) {
      if (!isObject(schema) || this.#definitions.has(name)) continue;
      this.#definitions.set(name, this.#form.definition(name, schemaOf(schema)));
      await this.#pace.turn();
    }
  }

  /** The document, in pieces. */
  pieces(): Iterable<Uint8Array> {
    return this.#form.document({ paths: this.#paths, definitions: this.#definitions });
  }
}

function member(object: JsonObject, name: string): JsonObject {
  const value = own(object, name);
  return isObject(value) ? value : {};
}

function pathItem(item: JsonObject): JsonObject {
  const result: MutableJsonObject = {};
  for (const [name, value] of Object.entries(item)) {
    if (name === 'parameters') result[name] = parametersOf(value);
    else if (isObject(value)) result[name] = operationOf(value);
  }
  return result;
}

function operationOf({ requestBody, responses, parameters, ...rest }: JsonObject): JsonObject {
  const body = isObject(requestBody) ? member(requestBody, 'content') : undefined;
  const [first] = Object.values(body ?? {});
  const bodyParameter = isObject(first)
    ? [{ name: 'body', in: 'body', required: true, schema: schemaOrValue(own(first, 'schema') ?? {}) }]
    : [];
  return {
    ...rest,
    consumes: body === undefined ? ['*/*'] : consumed(Object.keys(body)),
    produces: ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'],
    schemes: ['https'],
    parameters: [...bodyParameter, ...parametersOf(parameters)],
    responses: responsesOf(isObject(responses) ? responses : {}),
  };
}

const PATCH_ORDER = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];

function consumed(types: readonly string[]): readonly string[] {
  const patches = PATCH_ORDER.filter((type) => types.includes(type));
  return patches.length > 0 ? patches : ['*/*'];
}

function responsesOf(responses: JsonObject): JsonObject {
  const result: MutableJsonObject = {};
  for (const [code, response] of Object.entries(responses)) {
    if (!isObject(response)) continue;
    const [first] = Object.values(member(response, 'content'));
    const schema = isObject(first) ? schemaOrValue(own(first, 'schema') ?? {}) : undefined;
    result[code] = { description: own(response, 'description') ?? '', ...(schema !== undefined && { schema }) };
  }
  return result;
}

function parametersOf(value: Json | undefined): readonly JsonObject[] {
  if (!isArray(value)) return [];
  return value.filter(isObject).map(({ schema, ...rest }) => ({ ...rest, ...(isObject(schema) ? schema : {}) }));
}

/** Keywords whose members are schemas by name, and those whose values are one schema or a list of them; other values are data. */
const BY_NAME = new Set(['properties', 'definitions', 'patternProperties']);
const SCHEMAS = new Set(['items', 'additionalProperties']);

function schemaOf(schema: JsonObject): JsonObject {
  const result: MutableJsonObject = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (value !== undefined && !UNKNOWN.has(keyword)) put(result, keyword, keywordOf(keyword, value));
  }
  const all = own(schema, 'allOf');
  const [only] = isArray(all) ? all : [];
  return isObject(only) && own(only, '$ref') !== undefined ? { ...result, ...schemaOf(only) } : result;
}

function keywordOf(keyword: string, value: Json): Json {
  if (keyword === '$ref' && typeof value === 'string') return value.replace('#/components/schemas/', '#/definitions/');
  if (SCHEMAS.has(keyword)) return isArray(value) ? value.map(schemaOrValue) : schemaOrValue(value);
  if (!BY_NAME.has(keyword) || !isObject(value)) return value;
  const result: MutableJsonObject = {};
  for (const [name, inner] of Object.entries(value)) if (inner !== undefined) put(result, name, schemaOrValue(inner));
  return result;
}

function schemaOrValue(value: Json): Json {
  return isObject(value) ? schemaOf(value) : value;
}
