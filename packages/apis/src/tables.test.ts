import { describe, expect, it } from '@jest/globals';
import { kinds } from './kinds.ts';
import { mergeSchema } from './merge-schema.ts';
import { openApiDefinitions, sharedDefinitions } from './open-api.ts';
import type { StructType, ValueType } from './table.ts';
import { TokenRequest } from './tables/authentication.ts';

function structsOf(type: ValueType, found = new Set<StructType>()): Set<StructType> {
  if (typeof type === 'string') return found;
  if (type.kind === 'list' || type.kind === 'map') return structsOf(type.of, found);
  const struct = type.kind === 'schemaOr' ? type.schema() : type;
  if (found.has(struct)) return found;
  found.add(struct);
  for (const [, fieldType] of Object.values(struct.fields())) structsOf(fieldType, found);
  return found;
}

const all = [...new Set([...kinds.map(({ type }) => type), TokenRequest].flatMap((type) => [...structsOf(type)]))];

describe('the tables', () => {
  it('give no protobuf number twice', () => {
    for (const type of all) {
      const numbers = Object.values(type.fields()).map(([number]) => String(number));
      expect([type.name, new Set(numbers).size]).toEqual([type.name, numbers.length]);
    }
  });

  it('name no definition twice', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it('say something about every type and field', () => {
    for (const type of all) {
      const texts = [type.description, ...Object.values(type.fields()).map(([, , , description]) => description)];
      expect(texts.filter((text) => text.length < 2)).toEqual([]);
    }
  });

  it('merge only lists, by keys that their items have', () => {
    for (const type of all) {
      for (const [, fieldType] of Object.values(type.fields())) {
        if (typeof fieldType === 'string' || fieldType.kind !== 'list') continue;
        for (const key of fieldType.keys) {
          expect(
            typeof fieldType.of !== 'string' && fieldType.of.kind === 'struct' && key in fieldType.of.fields(),
          ).toBe(true);
        }
      }
    }
  });
});

function references(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own =
    '$ref' in value && typeof value.$ref === 'string' ? [value.$ref.replace('#/components/schemas/', '')] : [];
  return [...own, ...Object.values(value).flatMap(references)];
}

describe('OpenAPI definitions', () => {
  it.each(kinds)('of $kind ($group) refer to nothing that is missing', (table) => {
    const { name, schemas } = openApiDefinitions(table.type, table);
    expect(references(schemas).filter((reference) => !(reference in schemas))).toEqual([]);
    const { group, version, kind } = table;
    expect(schemas[name]).toMatchObject({ 'x-kubernetes-group-version-kind': [{ group, version, kind }] });
    expect(schemas[`${name}List`]).toMatchObject({ required: ['items'] });
  });

  it('show a ConfigMap as clients know it', () => {
    const table = kinds.find(({ kind }) => kind === 'ConfigMap');
    const schema = table && openApiDefinitions(table.type, table).schemas['io.k8s.api.core.v1.ConfigMap'];
    expect(schema?.['properties']).toMatchObject({
      data: { type: 'object', additionalProperties: { type: 'string', default: '' } },
      binaryData: { additionalProperties: { type: 'string', format: 'byte' } },
      immutable: { type: 'boolean' },
      metadata: { allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }] },
    });
    expect(Object.keys((schema?.['properties'] ?? {}) as object).sort()).toEqual([
      'apiVersion',
      'binaryData',
      'data',
      'immutable',
      'kind',
      'metadata',
    ]);
  });

  it('that are shared stand on their own', () => {
    const shared = sharedDefinitions();
    expect(references(shared).filter((reference) => !(reference in shared))).toEqual([]);
    expect(Object.keys(shared)).toContain('io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions');
  });
});

describe('merge schemas', () => {
  const of = (kind: string) => {
    const table = kinds.find((candidate) => candidate.kind === kind);
    if (!table) throw new Error(kind);
    return mergeSchema(table.type);
  };

  it('merge lists of objects by key, down to the fields of their items', () => {
    const webhooks = of('ValidatingWebhookConfiguration').field('webhooks');
    expect(webhooks).toMatchObject({ strategy: 'merge', listMergeKey: 'name' });
    expect(webhooks?.field('matchConditions')).toMatchObject({ strategy: 'merge', listMergeKey: 'name' });
  });

  it('add to finalizers, replace subjects and pull secrets', () => {
    expect(of('ConfigMap').field('metadata')?.field('finalizers')).toMatchObject({ strategy: 'merge' });
    expect(of('RoleBinding').field('subjects')?.strategy).toBeUndefined();
    expect(of('ServiceAccount').field('imagePullSecrets')?.strategy).toBeUndefined();
    expect(of('ServiceAccount').field('secrets')).toMatchObject({ strategy: 'merge', listMergeKey: 'name' });
  });

  it('know every key of a map and no unknown field', () => {
    expect(of('ConfigMap').field('data')?.field('any')).toBeDefined();
    expect(of('ConfigMap').field('bogus')).toBeUndefined();
    expect(of('ConfigMap').field('constructor')).toBeUndefined();
  });
});
