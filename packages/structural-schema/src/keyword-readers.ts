import type { Json, MutableJsonObject } from '@kcp/api-machinery';
import { isArray, isObject, own, put } from '@kcp/api-machinery';
import {
  readCount,
  readEither,
  readFlag,
  readList,
  readMap,
  readNumber,
  readText,
  readTexts,
} from './keyword-values.ts';
import { storedEither, storedList, storedMap } from './keyword-values.ts';
import type { SchemaReader } from './parse-schema.ts';
import type { SchemaDraft } from './schema-draft.ts';
import { unsupportedOf } from './schema-draft.ts';
import type { StructuralSchema } from './structural-schema.ts';
import { readValidations } from './validation-rules-reader.ts';

/** Takes a keyword's value, never null, into the draft; returns what is stored of it, undefined for nothing. */
export type KeywordReader = (draft: SchemaDraft, value: Json, at: SchemaReader) => Json | undefined;

type FieldsOf<T> = { [K in keyof StructuralSchema]: StructuralSchema[K] extends T ? K : never }[keyof StructuralSchema];
type TextField = 'type' | 'description' | 'title' | 'format' | 'pattern';
type FlagField = FieldsOf<boolean>;
type NumberField = 'maximum' | 'minimum' | 'multipleOf';
type CountField = 'maxLength' | 'minLength' | 'maxItems' | 'minItems' | 'maxProperties' | 'minProperties';
type SchemasField = 'allOf' | 'anyOf' | 'oneOf';
function text(keyword: string, field: TextField): [string, KeywordReader] {
  return [
    keyword,
    (draft, value, at) => {
      draft[field] = readText(keyword, value, at) ?? '';
      return draft[field] === '' ? undefined : draft[field];
    },
  ];
}

function flag(keyword: string, field: FlagField): [string, KeywordReader] {
  return [
    keyword,
    (draft, value, at) => {
      draft[field] = readFlag(keyword, value, at) ?? false;
      return draft[field] ? true : undefined;
    },
  ];
}

function number(keyword: NumberField): [string, KeywordReader] {
  return [keyword, (draft, value, at) => (draft[keyword] = readNumber(keyword, value, at))];
}

function count(keyword: CountField): [string, KeywordReader] {
  return [keyword, (draft, value, at) => (draft[keyword] = readCount(keyword, value, at))];
}

function schemas(keyword: SchemasField): [string, KeywordReader] {
  return [keyword, (draft, value, at) => storedList((draft[keyword] = readList(keyword, value, at)))];
}

function optionalText(keyword: string, field: 'listType' | 'mapType'): [string, KeywordReader] {
  return [keyword, (draft, value, at) => (draft[field] = readText(keyword, value, at))];
}

function json(keyword: 'default' | 'example'): [string, KeywordReader] {
  return [keyword, (draft, value) => (draft[keyword] = value)];
}

function texts(keyword: string, field: 'required' | 'listMapKeys'): [string, KeywordReader] {
  return [
    keyword,
    (draft, value, at) => {
      draft[field] = readTexts(keyword, value, at);
      return draft[field].length === 0 ? undefined : draft[field];
    },
  ];
}

const readItems: KeywordReader = (draft, value, at) => {
  if (isObject(value)) {
    draft.items = at.nested('items', value);
    return draft.items?.stored;
  }
  if (!isArray(value) || value.length === 0) return undefined;
  const list = readList('items', value, at);
  unsupportedOf(draft).itemsList = list;
  return storedList(list);
};

const readEnum: KeywordReader = (draft, value, at) => {
  if (!isArray(value)) {
    at.refuse('enum', value, '[]v1.JSON');
    return undefined;
  }
  draft.enum = value;
  return value.length === 0 ? undefined : value;
};

const readDocs: KeywordReader = (draft, value, at) => {
  if (!isObject(value)) {
    at.refuse('externalDocs', value, 'v1.ExternalDocumentation');
    return undefined;
  }
  const member = (name: string): string => {
    const given = own(value, name) ?? null;
    return given === null ? '' : (readText(`externalDocs.${name}`, given, at) ?? '');
  };
  const docs = { description: member('description'), url: member('url') };
  draft.externalDocs = docs;
  return {
    ...(docs.description === '' ? {} : { description: docs.description }),
    ...(docs.url === '' ? {} : { url: docs.url }),
  };
};

const readDependencies: KeywordReader = (draft, value, at) => {
  if (!isObject(value)) {
    at.refuse('dependencies', value, 'v1.JSONSchemaDependencies');
    return undefined;
  }
  const dependencies = new Map<string, StructuralSchema | undefined>();
  const stored: MutableJsonObject = {};
  for (const key of Object.keys(value)) {
    const given = own(value, key) ?? null;
    const schema = isObject(given) ? at.nested(`dependencies.${key}`, given) : undefined;
    dependencies.set(key, schema);
    put(stored, key, schema?.stored ?? (isArray(given) ? readTexts(`dependencies.${key}`, given, at) : null));
  }
  unsupportedOf(draft).dependencies = dependencies;
  return dependencies.size === 0 ? undefined : stored;
};

/** How each keyword of JSONSchemaProps (apiextensions.k8s.io/v1) is read and what of it is stored. */
export const keywordReaders: ReadonlyMap<string, KeywordReader> = new Map<string, KeywordReader>([
  text('type', 'type'),
  text('description', 'description'),
  text('title', 'title'),
  text('format', 'format'),
  text('pattern', 'pattern'),
  flag('nullable', 'nullable'),
  flag('exclusiveMaximum', 'exclusiveMaximum'),
  flag('exclusiveMinimum', 'exclusiveMinimum'),
  flag('uniqueItems', 'uniqueItems'),
  flag('x-kubernetes-embedded-resource', 'embeddedResource'),
  flag('x-kubernetes-int-or-string', 'intOrString'),
  number('maximum'),
  number('minimum'),
  number('multipleOf'),
  count('maxLength'),
  count('minLength'),
  count('maxItems'),
  count('minItems'),
  count('maxProperties'),
  count('minProperties'),
  schemas('allOf'),
  schemas('anyOf'),
  schemas('oneOf'),
  texts('required', 'required'),
  texts('x-kubernetes-list-map-keys', 'listMapKeys'),
  optionalText('x-kubernetes-list-type', 'listType'),
  optionalText('x-kubernetes-map-type', 'mapType'),
  json('default'),
  json('example'),
  ['enum', readEnum],
  ['externalDocs', readDocs],
  ['items', readItems],
  ['dependencies', readDependencies],
  ['x-kubernetes-validations', readValidations],
  ['not', (draft, value, at) => (draft.not = at.nested('not', value))?.stored],
  ['properties', (draft, value, at) => storedMap((draft.properties = readMap('properties', value, at)))],
  [
    'additionalProperties',
    (draft, value, at) => storedEither((draft.additionalProperties = readEither('additionalProperties', value, at))),
  ],
  [
    'x-kubernetes-preserve-unknown-fields',
    (draft, value, at) => (draft.preserveUnknownFields = readFlag('x-kubernetes-preserve-unknown-fields', value, at)),
  ],
  ['id', (draft, value, at) => (unsupportedOf(draft).id = readText('id', value, at) ?? '') || undefined],
  ['$schema', (draft, value, at) => (unsupportedOf(draft).schema = readText('$schema', value, at) ?? '') || undefined],
  ['$ref', (draft, value, at) => (unsupportedOf(draft).ref = readText('$ref', value, at))],
  [
    'patternProperties',
    (draft, value, at) => storedMap((unsupportedOf(draft).patternProperties = readMap('patternProperties', value, at))),
  ],
  [
    'definitions',
    (draft, value, at) => storedMap((unsupportedOf(draft).definitions = readMap('definitions', value, at))),
  ],
  [
    'additionalItems',
    (draft, value, at) =>
      storedEither((unsupportedOf(draft).additionalItems = readEither('additionalItems', value, at))),
  ],
]);
