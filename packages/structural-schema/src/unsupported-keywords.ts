import type { StructuralSchema } from './structural-schema.ts';

/** Why a schema cannot be turned into a structural one at all; most of it is told by the keywords' own rules. */
export function findUnsupported(schema: StructuralSchema): string | undefined {
  const { unsupported } = schema;
  if (unsupported !== undefined) {
    const [keyword] = (
      [
        ['id', unsupported.id !== ''],
        ['schema', unsupported.schema !== ''],
        ['$ref', (unsupported.ref ?? '') !== ''],
        ['patternProperties', unsupported.patternProperties.size > 0],
        ['dependencies', (unsupported.dependencies?.size ?? 0) > 0],
        ['additionalItems', unsupported.additionalItems !== undefined],
        ['definitions', unsupported.definitions.size > 0],
      ] as const
    ).find(([, present]) => present) ?? [undefined];
    if (keyword !== undefined) return `OpenAPIV3Schema '${keyword}' is not supported`;
    if (unsupported.itemsList !== undefined) return "OpenAPIV3Schema 'items' must be a schema, but is an array";
  }
  if (schema.preserveUnknownFields === false) {
    return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined";
  }
  for (const nested of nestedSchemas(schema)) {
    const found = findUnsupported(nested);
    if (found !== undefined) return found;
  }
  return undefined;
}

function* nestedSchemas(schema: StructuralSchema): Iterable<StructuralSchema> {
  yield* schema.properties.values();
  yield* schema.allOf;
  yield* schema.anyOf;
  yield* schema.oneOf;
  if (schema.not !== undefined) yield schema.not;
  if (schema.items !== undefined) yield schema.items;
  if (typeof schema.additionalProperties === 'object') yield schema.additionalProperties;
}
