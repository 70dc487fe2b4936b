import { isArray, isObject, own, stringifyJson, type Json, type JsonObject } from '@kcp/api-machinery';
import { mapOf, message, repeated, WireError, type FieldSpec, type Message, type Wrapped } from '@kcp/protobuf';

// The messages of an OpenAPI v2 document (github.com/google/gnostic-models openapiv2/OpenAPIv2.proto), as far as our documents go.

const NOTHING: JsonObject = {};

/** What YAML does not take as it stands, although JSON does. */
const ODD = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** A type that is only ever written: documents are nothing that clients send. */
function written(type: Message, toMessage: (value: Json) => JsonObject): Wrapped {
  const fromMessage = (): Json => {
    throw new WireError(`${type.name} is written only`);
  };
  return { kind: 'wrapped', message: type, toMessage, fromMessage };
}

function fields(value: Json): JsonObject {
  return isObject(value) ? value : NOTHING;
}

/** Any value, as YAML: JSON is. */
const anyValue = written(
  message('Any', () => ({ yaml: [2, 'string'] })),
  (value) => ({ yaml: stringifyJson(value).replace(ODD, escaped) }),
);

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A message whose members that begin with `x-` go into a field of their own, of this number. */
function extensible(name: string, number: number, specs: () => Readonly<Record<string, FieldSpec>>): Wrapped {
  const type = message(name, () => ({ ...specs(), extensions: [number, mapOf(anyValue)] }));
  return written(type, (value) => withExtensions(fields(value)));
}

function withExtensions(object: JsonObject): JsonObject {
  const extensions = Object.entries(object).filter(([name]) => name.startsWith('x-'));
  return extensions.length === 0 ? object : { ...object, extensions: Object.fromEntries(extensions) };
}

/** A message that holds one thing under one name. */
function holding(name: string, spec: () => FieldSpec, toField: (value: Json) => Json = (value) => value): Wrapped {
  return written(
    message(name, () => ({ held: spec() })),
    (value) => ({ held: toField(value) }),
  );
}

function items(value: Json): Json {
  return isArray(value) ? value : [value];
}

const schema: Wrapped = extensible('Schema', 31, () => ({
  $ref: [1, 'string', 'optional'],
  format: [2, 'string', 'optional'],
  title: [3, 'string', 'optional'],
  description: [4, 'string', 'optional'],
  default: [5, anyValue, 'optional'],
  multipleOf: [6, 'double', 'optional'],
  maximum: [7, 'double', 'optional'],
  exclusiveMaximum: [8, 'bool', 'optional'],
  minimum: [9, 'double', 'optional'],
  exclusiveMinimum: [10, 'bool', 'optional'],
  maxLength: [11, 'int64', 'optional'],
  minLength: [12, 'int64', 'optional'],
  pattern: [13, 'string', 'optional'],
  maxItems: [14, 'int64', 'optional'],
  minItems: [15, 'int64', 'optional'],
  uniqueItems: [16, 'bool', 'optional'],
  maxProperties: [17, 'int64', 'optional'],
  minProperties: [18, 'int64', 'optional'],
  required: [19, repeated('string')],
  enum: [20, repeated(anyValue)],
  additionalProperties: [21, additionalProperties, 'optional'],
  type: [22, holding('TypeItem', () => [1, repeated('string')], items), 'optional'],
  items: [23, holding('ItemsItem', () => [1, repeated(schema)], items), 'optional'],
  allOf: [24, repeated(schema)],
  properties: [25, holding('Properties', () => [1, mapOf(schema)]), 'optional'],
  externalDocs: [29, externalDocs, 'optional'],
  example: [30, anyValue, 'optional'],
}));

const externalDocs: Wrapped = extensible('ExternalDocs', 3, () => ({
  description: [1, 'string', 'optional'],
  url: [2, 'string', 'optional'],
}));

const additionalProperties = written(
  message('AdditionalPropertiesItem', () => ({ schema: [1, schema, 'optional'], boolean: [2, 'bool', 'optional'] })),
  (value) => (typeof value === 'boolean' ? { boolean: value } : { schema: value }),
);

const bodyParameter = extensible('BodyParameter', 6, () => ({
  description: [1, 'string', 'optional'],
  name: [2, 'string', 'optional'],
  in: [3, 'string', 'optional'],
  required: [4, 'bool', 'optional'],
  schema: [5, schema, 'optional'],
}));

const queryParameter = extensible('QueryParameterSubSchema', 23, () => ({
  required: [1, 'bool', 'optional'],
  in: [2, 'string', 'optional'],
  description: [3, 'string', 'optional'],
  name: [4, 'string', 'optional'],
  type: [6, 'string', 'optional'],
  format: [7, 'string', 'optional'],
  uniqueItems: [20, 'bool', 'optional'],
}));

const pathParameter = extensible('PathParameterSubSchema', 22, () => ({
  required: [1, 'bool', 'optional'],
  in: [2, 'string', 'optional'],
  description: [3, 'string', 'optional'],
  name: [4, 'string', 'optional'],
  type: [5, 'string', 'optional'],
  format: [6, 'string', 'optional'],
  uniqueItems: [19, 'bool', 'optional'],
}));

const nonBodyParameter = written(
  message('NonBodyParameter', () => ({ query: [3, queryParameter, 'optional'], path: [4, pathParameter, 'optional'] })),
  (value) => (own(fields(value), 'in') === 'path' ? { path: value } : { query: value }),
);

const parameter = written(
  message('Parameter', () => ({ body: [1, bodyParameter, 'optional'], other: [2, nonBodyParameter, 'optional'] })),
  (value) => (own(fields(value), 'in') === 'body' ? { body: value } : { other: value }),
);

const parametersItem = holding('ParametersItem', () => [1, parameter]);

const response = extensible('Response', 5, () => ({
  description: [1, 'string', 'optional'],
  schema: [2, holding('SchemaItem', () => [1, schema]), 'optional'],
}));

const responses = holding('Responses', () => [1, mapOf(holding('ResponseValue', () => [1, response]))]);

const operation = extensible('Operation', 13, () => ({
  tags: [1, repeated('string')],
  summary: [2, 'string', 'optional'],
  description: [3, 'string', 'optional'],
  operationId: [5, 'string', 'optional'],
  produces: [6, repeated('string')],
  consumes: [7, repeated('string')],
  parameters: [8, repeated(parametersItem)],
  responses: [9, responses, 'optional'],
  schemes: [10, repeated('string')],
  deprecated: [11, 'bool', 'optional'],
}));

const pathItem = extensible('PathItem', 10, () => ({
  get: [2, operation, 'optional'],
  put: [3, operation, 'optional'],
  post: [4, operation, 'optional'],
  delete: [5, operation, 'optional'],
  options: [6, operation, 'optional'],
  head: [7, operation, 'optional'],
  patch: [8, operation, 'optional'],
  parameters: [9, repeated(parametersItem)],
}));

/** The paths of a document; the bytes of several follow each other. */
export const Paths = message('Paths', () => ({ path: [2, mapOf(pathItem)] }));

/** The definitions of a document; the bytes of several follow each other. */
export const Definitions = message('Definitions', () => ({ definition: [1, mapOf(schema)] }));

/** A document without paths and definitions. */
export const DocumentHead = message('Document', () => ({
  swagger: [1, 'string'],
  info: [2, message('Info', () => ({ title: [1, 'string'], version: [2, 'string'] }))],
}));

/** Where paths and definitions stand in a document. */
export const documentFields = { paths: 8, definitions: 9 } as const;
