import type { FieldError } from '@kcp/api-machinery';
import { byCodeUnit, childPath, forbidden, invalid, itemPath, required } from '@kcp/api-machinery';
import { validateCompleteness } from './completeness.ts';
import { allOfIsIntOrString, anyOfIsIntOrString } from './int-or-string.ts';
import { compilePattern } from './regular-expression.ts';
import type { StructuralSchema } from './structural-schema.ts';

type Level = 'root' | 'item' | 'field';

const UNTYPED: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};

/** What a structural schema must be (KEP-1693; apiextensions schema.ValidateStructural), sorted by path. */
export function validateStructural(schema: StructuralSchema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  checkNode(schema, 'root', path, errors);
  errors.push(...validateCompleteness(schema, path));
  return errors.toSorted((a, b) => byCodeUnit(`${a.field}: ${a.message}`, `${b.field}: ${b.message}`));
}

function checkNode(schema: StructuralSchema, level: Level, path: string, errors: FieldError[]): void {
  const { items, properties, additionalProperties } = schema;
  if (schema.type === 'array' && items === undefined) {
    errors.push(required(childPath(path, 'items'), 'must be specified'));
  }
  if (items !== undefined) checkNode(items, 'item', childPath(path, 'items'), errors);
  for (const [name, property] of properties) {
    checkNode(property, 'field', itemPath(childPath(path, 'properties'), name), errors);
  }
  if (additionalProperties !== undefined) {
    const at = childPath(path, 'additionalProperties');
    if (level === 'root') errors.push(forbidden(at, 'must not be used at the root'));
    if (typeof additionalProperties === 'object') checkNode(additionalProperties, 'field', at, errors);
  }
  checkIntOrString(schema, path, errors);
  checkJunctors(schema, path, errors, {
    inAnyOf: anyOfIsIntOrString(schema),
    inFirstAllOf: allOfIsIntOrString(schema),
  });
  checkType(schema, level, path, errors);
  checkMeta(schema, level, path, errors);
}

function checkIntOrString(schema: StructuralSchema, path: string, errors: FieldError[]): void {
  if (!schema.intOrString) return;
  const detail = 'must be false if x-kubernetes-int-or-string is true';
  if (schema.preserveUnknownFields === true) {
    errors.push(invalid(childPath(path, 'x-kubernetes-preserve-unknown-fields'), true, detail));
  }
  if (schema.embeddedResource) {
    errors.push(invalid(childPath(path, 'x-kubernetes-embedded-resource'), true, detail));
  }
}

function checkType(schema: StructuralSchema, level: Level, path: string, errors: FieldError[]): void {
  const { type, embeddedResource } = schema;
  const at = childPath(path, 'type');
  const embeddedDetail = 'must be object if x-kubernetes-embedded-resource is true';
  if (embeddedResource && type === '') errors.push(required(at, embeddedDetail));
  else if (embeddedResource && type !== 'object') errors.push(invalid(at, type, embeddedDetail));
  else if (type === '' && !schema.intOrString && schema.preserveUnknownFields !== true) {
    errors.push(required(at, UNTYPED[level]));
  }
  if (embeddedResource && schema.additionalProperties !== undefined) {
    const detail = 'must not be used if x-kubernetes-embedded-resource is set';
    errors.push(forbidden(childPath(path, 'additionalProperties'), detail));
  }
  if (level === 'root' && type !== '' && type !== 'object') {
    errors.push(invalid(at, type, 'must be object at the root'));
  }
}

function checkMeta(schema: StructuralSchema, level: Level, path: string, errors: FieldError[]): void {
  const { properties, embeddedResource } = schema;
  const isResource = level === 'root' || embeddedResource;
  const at = (name: string): string => itemPath(childPath(path, 'properties'), name);
  for (const name of ['kind', 'apiVersion']) {
    const type = properties.get(name)?.type;
    if (isResource && type !== undefined && type !== 'string') {
      errors.push(invalid(childPath(at(name), 'type'), type, 'must be string'));
    }
  }
  const metadata = properties.get('metadata');
  if (metadata !== undefined) {
    if (isResource && metadata.type !== 'object') {
      errors.push(invalid(childPath(at('metadata'), 'type'), metadata.type, 'must be object'));
    }
    if (level === 'root' && restrictsMore(metadata)) {
      const detail = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
      errors.push(forbidden(at('metadata'), detail));
    }
  }
  if (embeddedResource && schema.preserveUnknownFields !== true && properties.size === 0) {
    const detail =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
    errors.push(required(childPath(path, 'properties'), detail));
  }
}

/** Keywords that metadata at the root may have; of its properties only name and generateName. */
const ALLOWED_IN_METADATA = new Set(['type', 'default']);

function restrictsMore(metadata: StructuralSchema): boolean {
  const names = [...metadata.properties.keys()];
  if (names.some((name) => name !== 'name' && name !== 'generateName')) return true;
  return Object.keys(metadata.stored).some((keyword) => keyword !== 'properties' && !ALLOWED_IN_METADATA.has(keyword));
}

/** Where a junctor may tell an int from a string: the one place in which it may speak of types. */
interface TypesAllowed {
  readonly inAnyOf: boolean;
  readonly inFirstAllOf: boolean;
}

const NOWHERE: TypesAllowed = { inAnyOf: false, inFirstAllOf: false };

/** Value validations of a node, of which those under junctors may say nothing about the structure. */
function checkJunctors(schema: StructuralSchema, path: string, errors: FieldError[], allowed: TypesAllowed): void {
  if (!allowed.inAnyOf) {
    schema.anyOf.forEach((node, at) => checkNested(node, itemPath(childPath(path, 'anyOf'), at), errors));
  }
  schema.allOf.forEach((node, at) =>
    checkNested(node, itemPath(childPath(path, 'allOf'), at), errors, allowed.inFirstAllOf && at === 0),
  );
  schema.oneOf.forEach((node, at) => checkNested(node, itemPath(childPath(path, 'oneOf'), at), errors));
  if (schema.not !== undefined) checkNested(schema.not, childPath(path, 'not'), errors);
  if (schema.pattern === '') return;
  const { error } = compilePattern(schema.pattern);
  if (error === undefined) return;
  const detail = `must be a valid regular expression, but isn't: ${error}`;
  errors.push(invalid(childPath(path, 'pattern'), schema.pattern, detail));
}

function checkNested(node: StructuralSchema, path: string, errors: FieldError[], inAnyOf = false): void {
  checkJunctors(node, path, errors, { ...NOWHERE, inAnyOf });
  if (node.items !== undefined) checkNested(node.items, childPath(path, 'items'), errors);
  for (const [name, property] of node.properties) {
    checkNested(property, itemPath(childPath(path, 'properties'), name), errors);
  }
  for (const [keyword, detail] of forbiddenIn(node)) errors.push(forbidden(childPath(path, keyword), detail));
  if (node.properties.has('metadata')) {
    const at = itemPath(childPath(path, 'properties'), 'metadata');
    errors.push(forbidden(at, 'must not be specified in a nested context'));
  }
}

function forbiddenIn(node: StructuralSchema): readonly (readonly [keyword: string, detail: string])[] {
  const found: (readonly [string, string])[] = [];
  const check = (keyword: string, present: boolean, wanted: string): void => {
    if (present) found.push([keyword, `must be ${wanted} to be structural`]);
  };
  const { additionalProperties } = node;
  check('type', node.type !== '', 'empty');
  check('additionalProperties', additionalProperties !== undefined && additionalProperties !== false, 'undefined');
  check('default', node.default !== undefined, 'undefined');
  check('title', node.title !== '', 'empty');
  check('description', node.description !== '', 'empty');
  check('nullable', node.nullable, 'false');
  check('x-kubernetes-preserve-unknown-fields', node.preserveUnknownFields === true, 'false');
  check('x-kubernetes-embedded-resource', node.embeddedResource, 'false');
  check('x-kubernetes-int-or-string', node.intOrString, 'false');
  check('x-kubernetes-list-map-keys', node.listMapKeys.length > 0, 'empty');
  check('x-kubernetes-list-type', node.listType !== undefined, 'undefined');
  check('x-kubernetes-map-type', node.mapType !== undefined, 'undefined');
  check('x-kubernetes-validations', node.validations.length > 0, 'empty');
  return found;
}
