import type { FieldError } from '@kcp/api-machinery';
import { childPath, itemPath, required } from '@kcp/api-machinery';
import type { StructuralSchema } from './structural-schema.ts';

/** Where a value validation stands, and where the structure should be that it speaks about. */
interface Places {
  readonly structure: string;
  readonly validation: string;
}

/**
 * That whatever the root's junctors speak about is also part of the structure. Kubernetes asks this of the junctors at
 * the root alone; those of properties may name what is not there.
 */
export function validateCompleteness(schema: StructuralSchema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  checkJunctors(schema, schema, { structure: path, validation: path }, errors);
  return errors;
}

function checkJunctors(node: StructuralSchema, schema: StructuralSchema, places: Places, errors: FieldError[]): void {
  const at = (step: string): Places => ({ ...places, validation: childPath(places.validation, step) });
  if (node.not !== undefined) checkNested(node.not, schema, at('not'), errors);
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) {
    node[keyword].forEach((nested, index) => checkNested(nested, schema, at(`${keyword}[${index}]`), errors));
  }
}

function checkNested(
  node: StructuralSchema,
  schema: StructuralSchema | undefined,
  places: Places,
  errors: FieldError[],
): void {
  if (schema === undefined) {
    errors.push(required(places.structure, `because it is defined in ${places.validation}`));
    return;
  }
  checkJunctors(node, schema, places, errors);
  if (node.items !== undefined) checkNested(node.items, schema.items, below(places, 'items'), errors);
  for (const [name, property] of node.properties) {
    checkNested(property, schema.properties.get(name), below(places, itemPath('properties', name)), errors);
  }
}

function below({ structure, validation }: Places, step: string): Places {
  return { structure: childPath(structure, step), validation: childPath(validation, step) };
}
