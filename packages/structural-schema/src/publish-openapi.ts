import type { Json, JsonObject, MutableJsonObject } from '@kcp/api-machinery';
import { isArray, isObject, put } from '@kcp/api-machinery';
import { allOfIsIntOrString, anyOfIsIntOrString } from './int-or-string.ts';
import { toOpenApiV2 } from './openapi-v2.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** For whom a schema is published. */
export interface PublishOptions {
  /** 3: components of OpenAPI v3. 2: definitions of OpenAPI v2, without what v2 or kubectl's reading of it lacks. */
  readonly version: 2 | 3;
}

const META_DOCS = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md';
const API_VERSION_DOC = `apiVersion defines the versioned schema of this representation of an object. More info: ${META_DOCS}#resources`;
const KIND_DOC = `kind is a string value representing the type of this object. In CamelCase. More info: ${META_DOCS}#types-kinds`;
const METADATA_DOC = `Standard object's metadata. More info: ${META_DOCS}#metadata`;
const TYPE_META_API_VERSION_DOC =
  'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values.';
const TYPE_META_KIND_DOC =
  'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase.';
const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** Documentation of the two fields of type meta, as in built-in kinds. */
const ROOT_DOCS = {
  apiVersion: `${TYPE_META_API_VERSION_DOC} More info: ${META_DOCS}#resources`,
  kind: `${TYPE_META_KIND_DOC} More info: ${META_DOCS}#types-kinds`,
};
const EMBEDDED_DOCS = { apiVersion: API_VERSION_DOC, kind: KIND_DOC };

/**
 * The schema of a whole kind as the server publishes it: value validations kept, int-or-string spelled out, type meta
 * and a reference to ObjectMeta added here and in embedded resources (apiextensions controller/openapi/builder).
 * `x-kubernetes-group-version-kind` is added by whoever knows the kind. Without a schema, or
 * where OpenAPI v2 cannot say that unknown fields are kept, it is an object of which nothing is said.
 */
export function publishOpenApi(schema: StructuralSchema | undefined, options: PublishOptions): JsonObject {
  const v2 = options.version === 2;
  if (schema === undefined || (v2 && schema.preserveUnknownFields === true)) return { type: 'object' };
  const published = publishNode(v2 ? toOpenApiV2(schema) : schema, options);
  return withTypeMeta(published, ROOT_DOCS, options);
}

function withTypeMeta(published: JsonObject, docs: typeof ROOT_DOCS, options: PublishOptions): JsonObject {
  const given = published['properties'];
  const properties: MutableJsonObject = isObject(given) ? { ...given } : {};
  properties['apiVersion'] = { type: 'string', description: docs.apiVersion };
  properties['kind'] = { type: 'string', description: docs.kind };
  properties['metadata'] = metadataReference(options);
  return { ...published, properties };
}

/** In OpenAPI v3 a reference that has a description stands in an allOf. */
function metadataReference({ version }: PublishOptions): JsonObject {
  if (version === 2) return { $ref: `#/definitions/${OBJECT_META}`, description: METADATA_DOC };
  return { allOf: [{ $ref: `#/components/schemas/${OBJECT_META}` }], description: METADATA_DOC };
}

function publishNode(schema: StructuralSchema, options: PublishOptions): JsonObject {
  const published: MutableJsonObject = {};
  for (const [keyword, value] of Object.entries(schema.stored)) {
    if (value !== undefined && !NESTED.has(keyword)) put(published, keyword, value);
  }
  Object.assign(published, publishNested(schema, options));
  const [firstKey] = schema.listMapKeys;
  if (firstKey !== undefined) published['x-kubernetes-patch-merge-key'] = firstKey;
  if (options.version === 3) Object.assign(published, spellOutIntOrString(schema, published));
  return schema.embeddedResource ? publishEmbedded(schema, published, options) : published;
}

/** Keywords whose schemas are published in turn. */
const NESTED = new Set(['properties', 'items', 'additionalProperties']);

function publishNested(schema: StructuralSchema, options: PublishOptions): JsonObject {
  const { properties, items, additionalProperties } = schema;
  const nested: MutableJsonObject = {};
  if (properties.size > 0) {
    const members: MutableJsonObject = {};
    for (const [name, property] of properties) put(members, name, publishNode(property, options));
    nested['properties'] = members;
  }
  if (items !== undefined) nested['items'] = publishNode(items, options);
  if (additionalProperties !== undefined) {
    nested['additionalProperties'] =
      typeof additionalProperties === 'object' ? publishNode(additionalProperties, options) : additionalProperties;
  }
  return nested;
}

const INT_OR_STRING: readonly Json[] = [{ type: 'integer' }, { type: 'string' }];

function spellOutIntOrString(schema: StructuralSchema, published: JsonObject): JsonObject {
  if (!schema.intOrString || anyOfIsIntOrString(schema) || allOfIsIntOrString(schema)) return {};
  if (schema.anyOf.length === 0) return { anyOf: INT_OR_STRING };
  const allOf = published['allOf'];
  return { allOf: [{ anyOf: INT_OR_STRING }, ...(isArray(allOf) ? allOf : [])] };
}

function publishEmbedded(schema: StructuralSchema, published: JsonObject, options: PublishOptions): JsonObject {
  if (options.version === 2 && schema.preserveUnknownFields === true) return published;
  const required = [...schema.required, ...['kind', 'apiVersion'].filter((name) => !schema.required.includes(name))];
  return { ...withTypeMeta(published, EMBEDDED_DOCS, options), required };
}
