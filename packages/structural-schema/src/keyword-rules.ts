import type { FieldError } from '@kcp/api-machinery';
import {
  addErrors,
  byCodeUnit,
  childPath,
  forbidden,
  invalid,
  itemPath,
  notSupported,
  required,
} from '@kcp/api-machinery';
import { validateListKeywords } from './list-rules.ts';
import { validateRuleFields } from './rule-fields.ts';
import { checkRules } from './rules/check-rules.ts';
import type { RulePlace } from './rules/rule-place.ts';
import type { StructuralSchema, UnsupportedKeywords } from './structural-schema.ts';

const TYPES: readonly string[] = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const MAP_TYPES: ReadonlySet<string> = new Set(['atomic', 'granular']);
const META: ReadonlySet<string> = new Set(['metadata', 'kind', 'apiVersion']);

/** Where in a schema a node stands. */
interface Context {
  readonly isRoot: boolean;
  /** Inside type meta or metadata, of the resource or an embedded one. */
  readonly insideMeta: boolean;
  /** Why a default may not stand here; undefined where it may. */
  readonly defaultsForbidden: string | undefined;
  /** Where the expressions of rules are looked at: everywhere but under junctors, once the schema is structural. */
  readonly rules: RulePlace | undefined;
}

/** What is found out on the way: of the rules' expressions apart, as it is told last. */
interface Found {
  readonly errors: FieldError[];
  readonly ofRules: FieldError[];
}

/**
 * Which keywords may be used at all, and which together (apiextensions validation,
 * ValidateCustomResourceDefinitionOpenAPISchema). Members are gone through in the order of their names. Expressions of rules are
 * looked at where `rules` is given, and only where nothing else is wrong with their node and all below it.
 */
export function validateKeywords(schema: StructuralSchema, path: string, rules?: RulePlace): FieldError[] {
  const found: Found = { errors: [], ofRules: [] };
  checkNode(schema, path, { isRoot: true, insideMeta: false, defaultsForbidden: undefined, rules }, found);
  addErrors(found.errors, found.ofRules);
  return found.errors;
}

function checkNode(schema: StructuralSchema, path: string, context: Context, found: Found): void {
  const { errors } = found;
  const before = errors.length;
  checkOwn(schema, path, context, errors);
  if (schema.uniqueItems) {
    const detail = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
    errors.push(forbidden(childPath(path, 'uniqueItems'), detail));
  }
  const below: Context = { ...context, isRoot: false };
  checkAdditional(schema, path, below, found);
  checkProperties(schema, path, context, found);
  checkJunctors(schema, path, { ...below, rules: undefined }, found);
  checkItems(schema, path, below, found);
  checkUnsupported(schema, path, { ...below, rules: undefined }, found);
  if (schema.preserveUnknownFields === false) {
    const at = childPath(path, 'x-kubernetes-preserve-unknown-fields');
    errors.push(invalid(at, false, 'must be true or undefined'));
  }
  checkMapType(schema, path, errors);
  errors.push(...validateListKeywords(schema, path));
  errors.push(...validateRuleFields(schema, path));
  if (context.rules === undefined || errors.length > before) return;
  addErrors(found.ofRules, checkRules(schema, path, context.rules));
}

function checkOwn(schema: StructuralSchema, path: string, context: Context, errors: FieldError[]): void {
  const { type, unsupported } = schema;
  if (type !== '' && !TYPES.includes(type)) errors.push(notSupported(childPath(path, 'type'), type, TYPES));
  if (schema.default !== undefined && context.defaultsForbidden !== undefined) {
    errors.push(forbidden(childPath(path, 'default'), `must not be set ${context.defaultsForbidden}`));
  }
  for (const keyword of unsupportedKeywords(unsupported)) {
    errors.push(forbidden(childPath(path, keyword), `${keyword} is not supported`));
  }
  if (type === 'null') {
    errors.push(forbidden(childPath(path, 'type'), 'type cannot be set to null, use nullable as an alternative'));
  }
  if (unsupported?.itemsList !== undefined) {
    errors.push(forbidden(childPath(path, 'items'), 'items must be a schema object and not an array'));
  }
  if (context.insideMeta && schema.embeddedResource) {
    const at = childPath(path, 'x-kubernetes-embedded-resource');
    errors.push(forbidden(at, 'must not be used inside of resource meta'));
  }
}

function unsupportedKeywords(unsupported: UnsupportedKeywords | undefined): readonly string[] {
  if (unsupported === undefined) return [];
  const present: readonly (readonly [keyword: string, present: boolean])[] = [
    ['id', unsupported.id !== ''],
    ['additionalItems', unsupported.additionalItems !== undefined],
    ['patternProperties', unsupported.patternProperties.size > 0],
    ['definitions', unsupported.definitions.size > 0],
    ['dependencies', unsupported.dependencies !== undefined],
    ['$ref', unsupported.ref !== undefined],
  ];
  return present.flatMap(([keyword, isPresent]) => (isPresent ? keyword : []));
}

function checkAdditional(schema: StructuralSchema, path: string, context: Context, found: Found): void {
  const { additionalProperties } = schema;
  if (additionalProperties === undefined) return;
  const at = childPath(path, 'additionalProperties');
  if (schema.properties.size > 0 && additionalProperties !== true) {
    found.errors.push(forbidden(at, 'additionalProperties and properties are mutual exclusive'));
  }
  if (typeof additionalProperties !== 'object') return;
  const reason = context.insideMeta ? 'inside additionalProperties applying to object metadata' : undefined;
  const rules = context.rules?.element(additionalProperties, undefined);
  checkNode(
    additionalProperties,
    at,
    { ...context, defaultsForbidden: reason ?? context.defaultsForbidden, rules },
    found,
  );
}

/** Items of lists are matched by key alone: in other lists no item has an old value. */
function checkItems({ items, listType }: StructuralSchema, path: string, context: Context, found: Found): void {
  if (items === undefined) return;
  const rules = context.rules?.element(items, listType === 'map' ? undefined : path);
  checkNode(items, childPath(path, 'items'), { ...context, rules }, found);
}

function checkProperties(schema: StructuralSchema, path: string, context: Context, found: Found): void {
  const uncorrelatable = MAP_TYPES.has(schema.mapType ?? 'granular') ? undefined : path;
  for (const name of [...schema.properties.keys()].sort(byCodeUnit)) {
    const property = schema.properties.get(name);
    if (property === undefined) continue;
    const meta = META.has(name) && (context.isRoot || schema.embeddedResource);
    const below: Context = {
      isRoot: false,
      insideMeta: meta || context.insideMeta,
      defaultsForbidden: meta && context.isRoot ? `in top-level ${name}` : context.defaultsForbidden,
      rules: context.rules?.property(name, property, uncorrelatable),
    };
    checkNode(property, itemPath(childPath(path, 'properties'), name), below, found);
  }
}

function checkJunctors(schema: StructuralSchema, path: string, context: Context, found: Found): void {
  if (schema.not !== undefined) checkNode(schema.not, childPath(path, 'not'), context, found);
  for (const keyword of ['allOf', 'oneOf', 'anyOf'] as const) {
    schema[keyword].forEach((node, at) => checkNode(node, itemPath(childPath(path, keyword), at), context, found));
  }
}

/** Nested schemas in places that are refused anyway are looked at all the same. */
function checkUnsupported(schema: StructuralSchema, path: string, context: Context, found: Found): void {
  const { unsupported } = schema;
  if (unsupported === undefined) return;
  for (const [name, node] of unsupported.definitions) {
    checkNode(node, itemPath(childPath(path, 'definitions'), name), context, found);
  }
  unsupported.itemsList?.forEach((node, at) => checkNode(node, itemPath(childPath(path, 'items'), at), context, found));
  for (const [name, node] of unsupported.dependencies ?? []) {
    if (node !== undefined) checkNode(node, itemPath(childPath(path, 'dependencies'), name), context, found);
  }
}

function checkMapType(schema: StructuralSchema, path: string, errors: FieldError[]): void {
  const { mapType, type } = schema;
  if (mapType === undefined) return;
  const detail = 'must be object if x-kubernetes-map-type is specified';
  if (type === '') errors.push(required(childPath(path, 'type'), detail));
  else if (type !== 'object') errors.push(invalid(childPath(path, 'type'), type, detail));
  if (!MAP_TYPES.has(mapType)) {
    errors.push(notSupported(childPath(path, 'x-kubernetes-map-type'), mapType, [...MAP_TYPES]));
  }
}
