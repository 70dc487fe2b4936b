import type { JsonObject } from '@kcp/api-machinery';
import type { StructuralSchema, UnsupportedKeywords } from './structural-schema.ts';

/** A node while it is read. */
export type SchemaDraft = { -readonly [K in keyof StructuralSchema]: StructuralSchema[K] };

type MutableUnsupported = { -readonly [K in keyof UnsupportedKeywords]: UnsupportedKeywords[K] };

/** No schemas under names. */
export const NO_PROPERTIES: ReadonlyMap<string, StructuralSchema> = new Map();
/** An empty list of whatever. */
export const NONE: readonly never[] = Object.freeze([]);

const NOTHING_STORED: JsonObject = Object.freeze({});

/** A node without any keyword. */
export function emptyDraft(): SchemaDraft {
  return {
    type: '',
    nullable: false,
    default: undefined,
    description: '',
    title: '',
    externalDocs: undefined,
    example: undefined,
    properties: NO_PROPERTIES,
    items: undefined,
    additionalProperties: undefined,
    format: '',
    pattern: '',
    maximum: undefined,
    minimum: undefined,
    exclusiveMaximum: false,
    exclusiveMinimum: false,
    multipleOf: undefined,
    maxLength: undefined,
    minLength: undefined,
    maxItems: undefined,
    minItems: undefined,
    uniqueItems: false,
    maxProperties: undefined,
    minProperties: undefined,
    required: NONE,
    enum: NONE,
    allOf: NONE,
    anyOf: NONE,
    oneOf: NONE,
    not: undefined,
    preserveUnknownFields: undefined,
    embeddedResource: false,
    intOrString: false,
    listType: undefined,
    listMapKeys: NONE,
    mapType: undefined,
    validations: NONE,
    unsupported: undefined,
    stored: NOTHING_STORED,
  };
}

/** The node's place for keywords that are refused; made when the first is met. */
export function unsupportedOf(draft: SchemaDraft): MutableUnsupported {
  const known: MutableUnsupported = draft.unsupported ?? {
    id: '',
    schema: '',
    ref: undefined,
    itemsList: undefined,
    patternProperties: NO_PROPERTIES,
    dependencies: undefined,
    additionalItems: undefined,
    definitions: NO_PROPERTIES,
  };
  draft.unsupported = known;
  return known;
}
