import {
  isArray,
  isObject,
  own,
  put,
  stringifyJson,
  type Json,
  type JsonObject,
  type MutableJsonObject,
} from '@kcp/api-machinery';

/** Keywords that OpenAPI v2 does not know: dropped, which makes the schema accept more. */
const UNKNOWN = new Set(['oneOf', 'anyOf', 'allOf', 'not', 'nullable']);

/** Characters of a piece of the document: what is hashed and copied in one go. */
const PIECE = 512 * 1024;

/** Writes the one OpenAPI v2 document that the v3 documents of all group versions make together, a group version at a time. */
export class SwaggerWriter {
  readonly #paths = new Map<string, string>();
  readonly #definitions = new Map<string, string>();

  add(document: JsonObject): void {
    for (const [path, item] of Object.entries(member(document, 'paths')))
      if (isObject(item)) this.#paths.set(path, stringifyJson(pathItem(item)));
    for (const [name, schema] of Object.entries(member(member(document, 'components'), 'schemas')))
      if (schema !== undefined) this.#definitions.set(name, stringifyJson(schemaOf(schema)));
  }

  /** The text, in pieces. */
  *pieces(): Iterable<string> {
    yield '{"swagger":"2.0","info":{"title":"Kubernetes","version":"unversioned"},"paths":{';
    yield* joined(this.#paths);
    yield '},"definitions":{';
    yield* joined(this.#definitions);
    yield '}}';
  }
}

function* joined(members: ReadonlyMap<string, string>): Iterable<string> {
  let piece = '';
  let comma = '';
  for (const [name, text] of members) {
    piece += `${comma}${JSON.stringify(name)}:${text}`;
    comma = ',';
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield piece;
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
    ? [{ name: 'body', in: 'body', required: true, schema: schemaOf(own(first, 'schema') ?? {}) }]
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
    const schema = isObject(first) ? schemaOf(own(first, 'schema') ?? {}) : undefined;
    result[code] = { description: own(response, 'description') ?? '', ...(schema !== undefined && { schema }) };
  }
  return result;
}

function parametersOf(value: Json | undefined): readonly JsonObject[] {
  if (!isArray(value)) return [];
  return value.filter(isObject).map(({ schema, ...rest }) => ({ ...rest, ...(isObject(schema) ? schema : {}) }));
}

function schemaOf(value: Json): Json {
  if (isArray(value)) return value.map(schemaOf);
  if (!isObject(value))
    return typeof value === 'string' ? value.replace('#/components/schemas/', '#/definitions/') : value;
  const [only] = isArray(own(value, 'allOf')) ? (own(value, 'allOf') as readonly Json[]) : [];
  const result: MutableJsonObject = {};
  for (const [name, inner] of Object.entries(value)) {
    if (inner !== undefined && !UNKNOWN.has(name)) put(result, name, schemaOf(inner));
  }
  return isObject(only) && own(only, '$ref') !== undefined ? { ...result, ...(schemaOf(only) as JsonObject) } : result;
}
