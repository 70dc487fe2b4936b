import type { JsonObject } from '@kcp/api-machinery';

/** How many kinds are in a group. */
export const KINDS_IN_GROUP = 50;

/** What one of very many kinds is called. */
export function kindAt(serial: number) {
  const group = `g${Math.floor(serial / KINDS_IN_GROUP)}.many.example.com`;
  const plural = `kinds${serial}`;
  return { group, plural, kind: `Kind${serial}`, collection: `/apis/${group}/v1/${plural}` };
}

const text = { type: 'string', maxLength: 100 };
const count = { type: 'integer', minimum: 0 };

/** A definition with rules, two versions, and a schema that no other serial has. */
export function ruledDefinitionAt(serial: number): JsonObject {
  const { group, plural, kind } = kindAt(serial);
  const spec = {
    type: 'object',
    required: ['min', 'max'],
    properties: {
      min: count,
      max: count,
      [`own${serial}`]: { ...text, default: `of ${serial}` },
      fixed: { ...text, 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'is fixed' }] },
      list: { type: 'array', maxItems: 20, items: { type: 'object', properties: { name: text, weight: count } } },
    },
    'x-kubernetes-validations': [
      { rule: 'self.min <= self.max', message: `min is above max in ${serial}` },
      { rule: `!has(self.list) || self.list.all(one, one.weight < ${serial + 1000})` },
    ],
  };
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Cluster',
      names: { plural, kind, singular: kind.toLowerCase() },
      versions: [
        { name: 'v1', served: true, storage: true, schema },
        { name: 'v1beta1', served: true, storage: false, schema },
      ],
    },
  };
}

/** An object of one of these kinds. */
export function ruledObject(serial: number, name: string, spec: JsonObject = { min: 1, max: 2 }): JsonObject {
  const { group, kind } = kindAt(serial);
  return { apiVersion: `${group}/v1`, kind, metadata: { name }, spec };
}
