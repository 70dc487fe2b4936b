import type { JsonObject, MutableJsonObject } from '@kcp/api-machinery';
import { put } from '@kcp/api-machinery';
import { NONE } from './schema-draft.ts';
import type { StructuralSchema } from './structural-schema.ts';

/**
 * What of a schema OpenAPI v2, and kubectl's reading of it, can say (apiextensions controller/openapi/v2): no junctors,
 * no type where null is allowed or unknown fields are kept.
 */
export function toOpenApiV2(schema: StructuralSchema): StructuralSchema {
  const open = schema.nullable || schema.preserveUnknownFields === true;
  const properties = new Map<string, StructuralSchema>();
  if (!open) for (const [name, property] of schema.properties) properties.set(name, toOpenApiV2(property));
  const items = open || schema.items === undefined ? undefined : toOpenApiV2(schema.items);
  const additionalProperties =
    typeof schema.additionalProperties === 'object'
      ? toOpenApiV2(schema.additionalProperties)
      : schema.additionalProperties;
  const kept = {
    ...schema,
    nullable: false,
    type: typeOf(schema, items),
    required: requiredOf(schema, open),
    properties,
    items,
    additionalProperties,
    allOf: NONE,
    anyOf: NONE,
    oneOf: NONE,
    not: undefined,
  };
  return { ...kept, stored: storedOf(kept, schema.stored) };
}

function typeOf(schema: StructuralSchema, items: StructuralSchema | undefined): string {
  if (schema.nullable || (schema.type === 'array' && items === undefined)) return '';
  return schema.preserveUnknownFields === true && schema.type === 'object' ? '' : schema.type;
}

/** Members that may be null cannot be asked for. */
function requiredOf(schema: StructuralSchema, open: boolean): readonly string[] {
  if (typeof schema.additionalProperties === 'object' && schema.additionalProperties.nullable) return [];
  return open ? schema.required : schema.required.filter((name) => schema.properties.get(name)?.nullable !== true);
}

const DROPPED = new Set(['allOf', 'anyOf', 'oneOf', 'not', 'nullable', 'type', 'required']);

function storedOf(schema: StructuralSchema, stored: JsonObject): JsonObject {
  const kept: MutableJsonObject = {};
  for (const [keyword, value] of Object.entries(stored)) {
    if (value !== undefined && !DROPPED.has(keyword)) put(kept, keyword, value);
  }
  if (schema.type !== '') kept['type'] = schema.type;
  if (schema.required.length > 0) kept['required'] = schema.required;
  return kept;
}
