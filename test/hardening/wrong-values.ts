import { isArray, isObject, own, put, type Json, type JsonObject, type MutableJsonObject } from '@kcp/api-machinery';

/** One value of every JSON type and a few that are near the right one. */
export const wrongValues: readonly Json[] = [
  null,
  true,
  0,
  -1.5,
  9_223_372_036_854_775_807n,
  1e300,
  '',
  'x',
  '\u0000',
  [],
  [null],
  [[]],
  [{}],
  ['x'],
  {},
  { a: null },
  { a: { b: [] } },
  { __proto__: null, constructor: 'x' },
];

/** A path of keys into an object. */
export type FieldPath = readonly string[];

/** Paths of the fields that an OpenAPI schema names, down to a depth; an unknown field and JavaScript's own words with them. */
export function fieldPaths(document: JsonObject, schema: JsonObject, depth: number): readonly FieldPath[] {
  const properties = own(resolve(document, schema), 'properties');
  if (!isObject(properties) || depth === 0) return [];
  const names = [...Object.keys(properties), 'unknown', '__proto__', 'constructor', 'toString'];
  return names.flatMap((name) => {
    const property = own(properties, name);
    const below = isObject(property) ? fieldPaths(document, property, depth - 1) : [];
    return [[name], ...below.map((path) => [name, ...path])];
  });
}

function resolve(document: JsonObject, schema: JsonObject): JsonObject {
  const reference = own(schema, '$ref');
  if (typeof reference === 'string') {
    let at: Json | undefined = document;
    for (const key of reference.replace('#/', '').split('/')) at = isObject(at) ? own(at, key) : undefined;
    return isObject(at) ? resolve(document, at) : {};
  }
  const all = own(schema, 'allOf');
  const [first] = isArray(all) ? all : [];
  const item = own(schema, 'items');
  if (isObject(first)) return resolve(document, first);
  return isObject(item) ? resolve(document, item) : schema;
}

/** An object with another value at a path; where the path leads through a list, or through nothing, it is made. */
export function withValue(object: JsonObject, [name, ...rest]: FieldPath, value: Json): JsonObject {
  if (name === undefined) return object;
  const copy: MutableJsonObject = { ...object };
  const old = own(object, name);
  if (rest.length === 0) put(copy, name, value);
  else if (isArray(old)) put(copy, name, [withValue(isObject(old[0]) ? old[0] : {}, rest, value)]);
  else put(copy, name, withValue(isObject(old) ? old : {}, rest, value));
  return copy;
}

/** The schema of a kind in a group version's document. */
export function schemaOf(document: JsonObject, kind: string): JsonObject {
  const components = own(document, 'components');
  const schemas = isObject(components) ? own(components, 'schemas') : undefined;
  const all = isObject(schemas) ? Object.values(schemas).filter(isObject) : [];
  return all.find((schema) => isKind(schema, kind)) ?? {};
}

function isKind(schema: JsonObject, kind: string): boolean {
  const kinds = own(schema, 'x-kubernetes-group-version-kind');
  return isArray(kinds) && kinds.length === 1 && isObject(kinds[0]) && own(kinds[0], 'kind') === kind;
}
