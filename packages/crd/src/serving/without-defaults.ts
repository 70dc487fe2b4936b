import { isObject, type Json, type JsonObject, type MutableJsonObject, put } from '@kcp/api-machinery';

/** A structural schema, as JSON, that prunes and validates as before and fills in nothing. */
export function withoutDefaults(schema: JsonObject): JsonObject {
  const { default: _, properties, items, additionalProperties, ...rest } = schema;
  return {
    ...rest,
    ...(isObject(properties) && { properties: eachMember(properties) }),
    ...(items !== undefined && { items: nested(items) }),
    ...(additionalProperties !== undefined && { additionalProperties: nested(additionalProperties) }),
  };
}

function eachMember(properties: JsonObject): JsonObject {
  const members: MutableJsonObject = {};
  for (const [name, property] of Object.entries(properties)) put(members, name, nested(property));
  return members;
}

function nested(schema: Json | undefined): Json {
  return isObject(schema) ? withoutDefaults(schema) : (schema ?? null);
}
