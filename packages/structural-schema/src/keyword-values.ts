import type { Json, MutableJsonObject } from '@kcp/api-machinery';
import { isArray, isObject, own, put } from '@kcp/api-machinery';
import type { SchemaReader } from './parse-schema.ts';
import { NO_PROPERTIES, NONE } from './schema-draft.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** Reads a text; undefined for anything else, which is refused. */
export function readText(keyword: string, value: Json, at: SchemaReader): string | undefined {
  if (typeof value === 'string') return value;
  at.refuse(keyword, value, 'string');
  return undefined;
}

/** Reads true or false. */
export function readFlag(keyword: string, value: Json, at: SchemaReader): boolean | undefined {
  if (typeof value === 'boolean') return value;
  at.refuse(keyword, value, 'bool');
  return undefined;
}

/** Reads a number as a double. */
export function readNumber(keyword: string, value: Json, at: SchemaReader): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  at.refuse(keyword, value, 'float64');
  return undefined;
}

/** Reads an int64. */
export function readCount(keyword: string, value: Json, at: SchemaReader): number | undefined {
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  if (typeof value === 'bigint' && BigInt.asIntN(64, value) === value) return Number(value);
  at.refuse(keyword, value, 'int64');
  return undefined;
}

/** Reads a list of texts; null stands for the empty text. */
export function readTexts(keyword: string, value: Json, at: SchemaReader): readonly string[] {
  if (!isArray(value)) {
    at.refuse(keyword, value, '[]string');
    return NONE;
  }
  return value.map((item) => (item === null ? '' : (readText(keyword, item, at) ?? '')));
}

/** Reads a list of schemas. */
export function readList(keyword: string, value: Json, at: SchemaReader): readonly StructuralSchema[] {
  if (!isArray(value)) {
    at.refuse(keyword, value, '[]v1.JSONSchemaProps');
    return NONE;
  }
  return value.flatMap((item, index) => at.nested(`${keyword}[${index}]`, item ?? {}) ?? []);
}

/** Reads schemas under names. */
export function readMap(keyword: string, value: Json, at: SchemaReader): ReadonlyMap<string, StructuralSchema> {
  if (!isObject(value)) {
    at.refuse(keyword, value, 'map[string]v1.JSONSchemaProps');
    return NO_PROPERTIES;
  }
  const schemas = new Map<string, StructuralSchema>();
  for (const key of Object.keys(value)) {
    const schema = at.nested(`${keyword}.${key}`, own(value, key) ?? {});
    if (schema !== undefined) schemas.set(key, schema);
  }
  return schemas;
}

/** What is stored of a list of schemas: nothing of an empty one. */
export function storedList(schemas: readonly StructuralSchema[]): Json | undefined {
  return schemas.length === 0 ? undefined : schemas.map(({ stored }) => stored);
}

/** What is stored of schemas under names. */
export function storedMap(schemas: ReadonlyMap<string, StructuralSchema>): Json | undefined {
  if (schemas.size === 0) return undefined;
  const stored: MutableJsonObject = {};
  for (const [key, schema] of schemas) put(stored, key, schema.stored);
  return stored;
}

/** What is stored of a schema or boolean. */
export function storedEither(schema: StructuralSchema | boolean | undefined): Json | undefined {
  return typeof schema === 'object' ? schema.stored : schema;
}

/** Reads a schema or boolean. */
export function readEither(keyword: string, value: Json, at: SchemaReader): StructuralSchema | boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (isObject(value)) return at.nested(keyword, value);
  at.errors.push({
    type: 'FieldValueTypeInvalid',
    field: `${at.path}.${keyword}`,
    message: 'boolean or JSON schema expected',
  });
  return undefined;
}
