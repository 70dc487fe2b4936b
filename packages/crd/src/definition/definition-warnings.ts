import type { StructuralSchema } from '@kcp/structural-schema';
import { parseSchema } from '@kcp/structural-schema';
import type { DefinitionSpec } from './custom-resource-definition.ts';
import { hoist } from './hoisted-spec.ts';

/** Formats of texts that instances are checked against, without dashes (apiextensions apiserver/validation). */
const TEXT_FORMATS = new Set(
  (
    'bsonobjectid uri email hostname ipv4 ipv6 cidr mac uuid uuid3 uuid4 uuid5 isbn isbn10 isbn13 creditcard ssn hexcolor ' +
    'rgbcolor byte password date duration datetime k8sshortname k8slongname'
  ).split(' '),
);
const NUMBER_FORMATS: Readonly<Record<string, readonly string[]>> = {
  integer: ['int32', 'int64'],
  number: ['float', 'double'],
};

/** What deserves a warning in a definition's spec: formats that are not known, sets whose items are no scalars. */
export function definitionWarnings(spec: DefinitionSpec): string[] {
  const formats = new Set<string>();
  const sets = new Set<string>();
  for (const schema of schemasOf(spec)) {
    walk(schema, (node) => {
      if (node.format !== '' && !isKnownFormat(node)) formats.add(`unrecognized format "${node.format}"`);
      const itemType = node.items?.type ?? '';
      if (node.listType === 'set' && (itemType === 'object' || itemType === 'array')) {
        sets.add(
          `x-kubernetes-list-type: set for items of type "${itemType}" is not supported by server-side apply or CEL validation rules`,
        );
      }
    });
  }
  return [...formats, ...[...sets].sort()];
}

/** The warnings that an update brings and the definition before did not. */
export function newDefinitionWarnings(spec: DefinitionSpec, old: DefinitionSpec): string[] {
  const warnings = definitionWarnings(spec);
  if (warnings.length === 0) return warnings;
  const before = new Set(definitionWarnings(old));
  return warnings.filter((warning) => !before.has(warning));
}

function schemasOf(spec: DefinitionSpec): readonly StructuralSchema[] {
  const { common } = hoist(spec);
  const parts = common.schema === undefined ? (spec.versions ?? []).map(({ schema }) => schema) : [common.schema];
  return parts.flatMap((part) => parseSchema(part?.openAPIV3Schema ?? {}).schema ?? []);
}

function isKnownFormat({ type, format }: StructuralSchema): boolean {
  if (type === '' || type === 'string') return TEXT_FORMATS.has(format.replaceAll('-', ''));
  return NUMBER_FORMATS[type]?.includes(format) ?? false;
}

function walk(schema: StructuralSchema, visit: (schema: StructuralSchema) => void): void {
  visit(schema);
  for (const property of schema.properties.values()) walk(property, visit);
  const { items, additionalProperties: values, not } = schema;
  for (const below of [...schema.allOf, ...schema.anyOf, ...schema.oneOf]) walk(below, visit);
  if (items !== undefined) walk(items, visit);
  if (typeof values === 'object') walk(values, visit);
  if (not !== undefined) walk(not, visit);
}
