import { isArray, isObject, parseJson, type Json, type JsonObject } from '@kcp/api-machinery';

/** For tests: the part of OpenAPIv2.proto (github.com/google/gnostic-models) that our documents use, written down a second time. */
export const schemaText = `
syntax = "proto3";
message Any { string yaml = 2; }
message NamedAny { string name = 1; Any value = 2; }
message Info { string title = 1; string version = 2; }
message Document { string swagger = 1; Info info = 2; Paths paths = 8; Definitions definitions = 9; }
message Paths { repeated NamedPathItem path = 2; }
message NamedPathItem { string name = 1; PathItem value = 2; }
message PathItem {
  Operation get = 2; Operation put = 3; Operation post = 4; Operation delete = 5; Operation options = 6; Operation head = 7;
  Operation patch = 8; repeated ParametersItem parameters = 9; repeated NamedAny vendorExtension = 10;
}
message Operation {
  string description = 3; string operationId = 5; repeated string produces = 6; repeated string consumes = 7;
  repeated ParametersItem parameters = 8; Responses responses = 9; repeated string schemes = 10;
  repeated NamedAny vendorExtension = 13;
}
message ParametersItem { oneof held { Parameter parameter = 1; } }
message Parameter { oneof held { BodyParameter body = 1; NonBodyParameter other = 2; } }
message NonBodyParameter { oneof held { QueryParameter query = 3; PathParameter path = 4; } }
message BodyParameter { string name = 2; string in = 3; bool required = 4; Schema schema = 5; }
message QueryParameter {
  bool required = 1; string in = 2; string description = 3; string name = 4; string type = 6; string format = 7;
  bool uniqueItems = 20;
}
message PathParameter {
  bool required = 1; string in = 2; string description = 3; string name = 4; string type = 5; string format = 6;
  bool uniqueItems = 19;
}
message Responses { repeated NamedResponseValue code = 1; }
message NamedResponseValue { string name = 1; ResponseValue value = 2; }
message ResponseValue { oneof held { Response response = 1; } }
message Response { string description = 1; SchemaItem schema = 2; }
message SchemaItem { oneof held { Schema schema = 1; } }
message Definitions { repeated NamedSchema definition = 1; }
message NamedSchema { string name = 1; Schema value = 2; }
message Schema {
  string ref = 1; string format = 2; string title = 3; string description = 4; Any default = 5; double multipleOf = 6;
  double maximum = 7; bool exclusiveMaximum = 8; double minimum = 9; bool exclusiveMinimum = 10; int64 maxLength = 11;
  int64 minLength = 12; string pattern = 13; int64 maxItems = 14; int64 minItems = 15; bool uniqueItems = 16;
  int64 maxProperties = 17; int64 minProperties = 18; repeated string required = 19; repeated Any enum = 20;
  AdditionalProperties additionalProperties = 21; Texts type = 22; Items items = 23; Properties properties = 25;
  ExternalDocs externalDocs = 29; Any example = 30; repeated NamedAny vendorExtension = 31;
}
message AdditionalProperties { oneof held { Schema schema = 1; bool boolean = 2; } }
message Texts { repeated string value = 1; }
message Items { repeated Schema schema = 1; }
message Properties { repeated NamedSchema property = 1; }
message ExternalDocs { string description = 1; string url = 2; }
`;

/** What was decoded, as the document that it stands for. */
export function readDocument(decoded: unknown): JsonObject {
  const { swagger, info, paths, definitions } = object(decoded);
  return {
    swagger: swagger ?? '',
    info: info ?? {},
    paths: named(object(paths)['path'], pathItem),
    definitions: named(object(definitions)['definition'], schema),
  };
}

function object(value: unknown): JsonObject {
  const plain = value as Json | undefined;
  return isObject(plain) ? plain : {};
}

function list(value: unknown): readonly Json[] {
  const plain = value as Json | undefined;
  return isArray(plain) ? plain : [];
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function named(entries: unknown, read: (value: Json | undefined) => Json): JsonObject {
  return Object.fromEntries(list(entries).map((entry) => [text(object(entry)['name']), read(object(entry)['value'])]));
}

function any(value: Json | undefined): Json {
  return parseJson(text(object(value)['yaml']));
}

/** The members with those read that `readers` name, the extensions among them. */
function members(
  value: Json | undefined,
  readers: Readonly<Record<string, (value: Json | undefined) => Json>>,
): JsonObject {
  const { vendorExtension, ...rest } = object(value);
  const read = Object.entries(rest).map(([name, member]) => [name, readers[name]?.(member) ?? member ?? null] as const);
  return { ...Object.fromEntries(read), ...named(vendorExtension, any) };
}

function schema(value: Json | undefined): JsonObject {
  const { ref, ...rest } = members(value, {
    default: any,
    example: any,
    enum: (values) => list(values).map(any),
    type: (held) => list(object(held)['value'])[0] ?? null,
    items: (held) => schema(list(object(held)['schema'])[0]),
    properties: (held) => named(object(held)['property'], schema),
    additionalProperties: (held) => object(held)['boolean'] ?? schema(object(held)['schema']),
  });
  return ref === undefined ? rest : { $ref: ref, ...rest };
}

function parameters(values: Json | undefined): Json {
  return list(values).map((value) => {
    const held = object(object(value)['parameter']);
    const { query, path } = object(held['other']);
    return members(held['body'] ?? query ?? path, { schema });
  });
}

function operation(value: Json | undefined): JsonObject {
  // repeated fields that are empty are not on the wire
  return {
    parameters: [],
    ...members(value, { parameters, responses: (held) => named(object(held)['code'], response) }),
  };
}

function response(value: Json | undefined): JsonObject {
  return members(object(value)['response'], { schema: (held) => schema(object(held)['schema']) });
}

function pathItem(value: Json | undefined): JsonObject {
  const verbs = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];
  return members(value, { parameters, ...Object.fromEntries(verbs.map((verb) => [verb, operation])) });
}
