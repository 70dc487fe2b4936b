import { describe, expect, it } from '@jest/globals';
import { AGE, column, kindDefinition, kindSchema, metadataWithName, version } from './kind-definition.ts';
import { strings, struct } from './schema.ts';

const schema = kindSchema('A gauge.', { spec: struct('Wanted.', { a: strings }) }, { required: ['spec'] });

describe('a kind', () => {
  it('is named after its kind where nothing else is said', () => {
    const gauge = kindDefinition({ group: 'example.com', kind: 'FuelGauge', versions: [] });
    expect(gauge).toEqual({
      group: 'example.com',
      names: {
        plural: 'fuelgauges',
        singular: 'fuelgauge',
        kind: 'FuelGauge',
        listKind: 'FuelGaugeList',
        categories: ['kcp'],
      },
      scope: 'Cluster',
      versions: [],
    });
  });

  it('says what is unusual', () => {
    const options = { plural: 'indices', shortNames: ['ix'], categories: [], scope: 'Namespaced' } as const;
    const index = kindDefinition({ group: 'example.com', kind: 'Index', ...options, versions: [] });
    expect(index.names).toEqual({
      plural: 'indices',
      singular: 'index',
      kind: 'Index',
      listKind: 'IndexList',
      shortNames: ['ix'],
    });
    expect(index.scope).toBe('Namespaced');
  });
});

describe('a version', () => {
  it('is served, stored and has a status where nothing else is said', () => {
    expect(version({ name: 'v1', schema })).toEqual({
      name: 'v1',
      served: true,
      storage: true,
      schema: { openAPIV3Schema: schema },
      subresources: { status: {} },
    });
  });

  it('may have no sub-resources, or not say', () => {
    expect(version({ name: 'v1', schema, subresources: 'empty' }).subresources).toEqual({});
    expect(version({ name: 'v1', schema, subresources: 'absent' })).not.toHaveProperty('subresources');
  });

  it('shows columns', () => {
    const { additionalPrinterColumns } = version({
      name: 'v1',
      schema,
      columns: [column('Type', '.spec.type'), column('URL', '.spec.URL', 'Where'), AGE],
      storage: false,
    });
    expect(additionalPrinterColumns).toEqual([
      { name: 'Type', type: 'string', jsonPath: '.spec.type' },
      { name: 'URL', type: 'string', jsonPath: '.spec.URL', description: 'Where' },
      { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    ]);
  });
});

describe('the schema of objects', () => {
  it('has what all objects have', () => {
    expect(schema['required']).toEqual(['spec']);
    expect(Object.keys(Object(schema['properties']))).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
  });

  it('may restrict names', () => {
    const restricted = kindSchema('A gauge.', { metadata: metadataWithName({ type: 'string', enum: ['one'] }) });
    expect(restricted).toMatchObject({
      properties: { metadata: { type: 'object', properties: { name: { enum: ['one'] } } } },
    });
  });
});
