import type { StructuralSchema } from './structural-schema.ts';

/** Types of which every value is good where a schema asks for nothing else. */
export type PlainType = 'string' | 'boolean';

/** How many rules count as looked at for a value of a plain type: the same as a check of it returns. */
export const PLAIN_MATCHES: Readonly<Record<PlainType, number>> = { string: 7, boolean: 6 };

/** Keywords that do not restrict values. */
const DESCRIBING: ReadonlySet<string> = new Set([
  'type',
  'description',
  'title',
  'default',
  'example',
  'externalDocs',
  'nullable',
  'x-kubernetes-validations',
]);

/** The type of a node that asks for nothing but a text or a boolean: most nodes of most schemas. */
export function plainType(schema: StructuralSchema): PlainType | undefined {
  const { type } = schema;
  if (type !== 'string' && type !== 'boolean') return undefined;
  return Object.keys(schema.stored).every((keyword) => DESCRIBING.has(keyword)) ? type : undefined;
}
