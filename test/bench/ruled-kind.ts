import type { JsonObject } from '@kcp/api-machinery';

/** The end of the groups that benchmarks define kinds in. */
export const GROUP = 'bench.example.com';

const text = { type: 'string', maxLength: 63 };
const number = { type: 'integer', minimum: 0, maximum: 1000 };

const properties: JsonObject = {
  min: number,
  max: number,
  mode: { ...text, enum: ['steady', 'fast'] },
  address: { type: 'string', maxLength: 200 },
  parts: {
    type: 'array',
    maxItems: 50,
    items: { type: 'object', required: ['name'], properties: { name: text, weight: number } },
  },
};

/** What rules of real projects do: compare fields, look through a list, match a pattern, ask what is there, forbid a change. */
const rules: readonly JsonObject[] = [
  { rule: 'self.min <= self.max', message: 'min is above max' },
  { rule: 'self.parts.all(part, part.weight <= self.max)', message: 'a part is too heavy' },
  { rule: 'self.address.matches("^https://[a-z0-9.]+/")', message: 'the address is no URL' },
  { rule: 'self.mode != "fast" || size(self.parts) < 10', messageExpression: '"too many for " + self.mode' },
  { rule: '!has(self.mode) || self.mode in ["steady", "fast"]', message: 'the mode is unknown' },
];

/** A kind `Plain` of a group, whose schema has no rules. */
export function plainDefinition(group: string): JsonObject {
  return definition(group, { kind: 'Plain', spec: { type: 'object', properties } });
}

/** A kind `Ruled` of a group: the same schema with five rules. */
export function ruledDefinition(group: string): JsonObject {
  return definition(group, {
    kind: 'Ruled',
    spec: { type: 'object', properties, 'x-kubernetes-validations': rules },
  });
}

function definition(group: string, { kind, spec }: { readonly kind: string; readonly spec: JsonObject }): JsonObject {
  const plural = `${kind.toLowerCase()}s`;
  const openAPIV3Schema = { type: 'object', properties: { spec } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, kind },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
}
