import type { FieldError, Json, JsonObject, MutableJsonObject } from '@kcp/api-machinery';
import { childPath, isObject, put } from '@kcp/api-machinery';
import { keywordReaders } from './keyword-readers.ts';
import { emptyDraft } from './schema-draft.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** How deep schemas may be nested in each other; the deepest of 250 CRDs of well-known projects goes 19 levels. */
export const MAX_SCHEMA_DEPTH = 128;

/** What became of a schema's JSON. */
export interface ParsedSchema {
  /** undefined where there are errors. */
  readonly schema: StructuralSchema | undefined;
  /** Keywords of a wrong type, or too deep a nesting; the request that brought them is a bad one (400). */
  readonly errors: readonly FieldError[];
  /** Keywords that JSONSchemaProps does not know, as field validation names them; they are not stored. */
  readonly unknownFields: readonly string[];
}

/** One node while it is read. */
export class SchemaReader {
  readonly path: string;
  readonly depth: number;
  readonly errors: FieldError[];
  readonly unknownFields: string[];

  constructor(path: string, parent?: SchemaReader) {
    this.path = path;
    this.depth = parent === undefined ? 0 : parent.depth + 1;
    this.errors = parent?.errors ?? [];
    this.unknownFields = parent?.unknownFields ?? [];
  }

  /** Notes that a keyword's value has a wrong type; the text is encoding/json's. */
  refuse(keyword: string, value: Json, wanted: string): void {
    const field = childPath(this.path, keyword);
    const message = `json: cannot unmarshal ${jsonKind(value)} into Go struct field JSONSchemaProps.${field} of type ${wanted}`;
    this.errors.push({ type: 'FieldValueTypeInvalid', field, message });
  }

  /** Reads a nested schema; undefined where it cannot be read. */
  nested(step: string, json: Json): StructuralSchema | undefined {
    return readNode(json, new SchemaReader(childPath(this.path, step), this));
  }
}

/**
 * Reads the JSON of a JSONSchemaProps. Unknown keywords are reported, empty ones are left out of the stored form,
 * as encoding/json does. Nothing is said about what a CRD may spell: that is validateSchemaDefinition.
 */
export function parseSchema(json: Json, path = ''): ParsedSchema {
  const reader = new SchemaReader(path);
  const schema = readNode(json, reader);
  const { errors, unknownFields } = reader;
  return { schema: errors.length > 0 ? undefined : schema, errors, unknownFields };
}

function readNode(json: Json, reader: SchemaReader): StructuralSchema | undefined {
  if (!isObject(json)) {
    const message = `json: cannot unmarshal ${jsonKind(json)} into Go value of type v1.JSONSchemaProps`;
    reader.errors.push({ type: 'FieldValueTypeInvalid', field: reader.path, message });
    return undefined;
  }
  if (reader.depth >= MAX_SCHEMA_DEPTH) {
    const message = `must not be nested more than ${MAX_SCHEMA_DEPTH} levels deep`;
    reader.errors.push({ type: 'FieldValueInvalid', field: reader.path, message });
    return undefined;
  }
  return readKeywords(json, reader);
}

function readKeywords(json: JsonObject, reader: SchemaReader): StructuralSchema {
  const draft = emptyDraft();
  const stored: MutableJsonObject = {};
  for (const key of Object.keys(json)) {
    const value = json[key];
    if (value === undefined) continue;
    const read = keywordReaders.get(key);
    if (read === undefined) {
      reader.unknownFields.push(childPath(reader.path, key));
      continue;
    }
    const kept = value === null ? undefined : read(draft, value, reader);
    if (kept !== undefined) put(stored, key, kept);
  }
  draft.stored = stored;
  return draft;
}

/** A JSON value's kind in the words of encoding/json. */
export function jsonKind(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  return typeof value === 'object' ? 'object' : 'number';
}
