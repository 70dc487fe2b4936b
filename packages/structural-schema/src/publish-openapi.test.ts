import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '@kcp/api-machinery';
import { parseSchema } from './parse-schema.ts';
import { publishOpenApi } from './publish-openapi.ts';

const publish = (properties: JsonObject, version: 2 | 3, more: JsonObject = {}): JsonObject =>
  publishOpenApi(parseSchema({ type: 'object', properties, ...more }).schema, { version });
const property = (schema: JsonObject, version: 2 | 3): Json | undefined =>
  (publish({ a: schema }, version)['properties'] as JsonObject)['a'];

const text = { type: 'string' };

describe('a published schema', () => {
  it('has type meta and a reference to ObjectMeta', () => {
    const { properties } = publish({}, 3) as { properties: Record<string, JsonObject> };
    expect(Object.keys(properties)).toEqual(['apiVersion', 'kind', 'metadata']);
    expect(properties['kind']?.['type']).toBe('string');
    expect(properties['metadata']?.['allOf']).toEqual([
      { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' },
    ]);
    const old = publish({}, 2) as { properties: Record<string, JsonObject> };
    expect(old.properties['metadata']?.['$ref']).toBe('#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');
  });
  it('keeps value validations, extensions and junctors', () => {
    const schema = {
      type: 'array',
      items: { ...text, maxLength: 3, pattern: 'x' },
      'x-kubernetes-list-type': 'set',
      maxItems: 5,
      not: { minItems: 2 },
    };
    expect(property(schema, 3)).toEqual(schema);
  });
  it('names the first key of a map list for patches', () => {
    const schema = {
      type: 'array',
      items: { type: 'object', properties: { k: text }, required: ['k'] },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k', 'l'],
    };
    expect(property(schema, 3)).toEqual({ ...schema, 'x-kubernetes-patch-merge-key': 'k' });
  });
  it('spells out int-or-string', () => {
    const either = [{ type: 'integer' }, { type: 'string' }];
    expect(property({ 'x-kubernetes-int-or-string': true }, 3)).toMatchObject({ anyOf: either });
    expect(property({ 'x-kubernetes-int-or-string': true, anyOf: either }, 3)).toEqual({
      'x-kubernetes-int-or-string': true,
      anyOf: either,
    });
    expect(
      property({ 'x-kubernetes-int-or-string': true, anyOf: [{ maximum: 3 }], allOf: [{ minimum: 1 }] }, 3),
    ).toEqual({
      'x-kubernetes-int-or-string': true,
      anyOf: [{ maximum: 3 }],
      allOf: [{ anyOf: either }, { minimum: 1 }],
    });
  });
  it('says what an embedded resource has', () => {
    const embedded = property(
      {
        type: 'object',
        'x-kubernetes-embedded-resource': true,
        'x-kubernetes-preserve-unknown-fields': true,
        required: ['kind'],
      },
      3,
    ) as JsonObject;
    expect(embedded['required']).toEqual(['kind', 'apiVersion']);
    expect(Object.keys(embedded['properties'] as JsonObject)).toEqual(['apiVersion', 'kind', 'metadata']);
  });
  it('says nothing without a schema', () =>
    expect(publishOpenApi(undefined, { version: 3 })).toEqual({ type: 'object' }));
});

describe('a schema published in OpenAPI v2', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['has no junctors', { ...text, anyOf: [{ minLength: 1 }], not: { maxLength: 3 } }, text],
    ['has no type where null is allowed', { ...text, nullable: true, description: 'd' }, { description: 'd' }],
    [
      'has no fields where unknown ones are kept',
      { type: 'object', properties: { a: text }, 'x-kubernetes-preserve-unknown-fields': true },
      { 'x-kubernetes-preserve-unknown-fields': true },
    ],
    [
      'has no int-or-string in other words',
      { 'x-kubernetes-int-or-string': true },
      { 'x-kubernetes-int-or-string': true },
    ],
    [
      'requires nothing that may be null',
      { type: 'object', required: ['a', 'b'], properties: { a: text, b: { ...text, nullable: true } } },
      { type: 'object', required: ['a'], properties: { a: text, b: {} } },
    ],
  ])('%s', (_name, schema, published) => expect(property(schema, 2)).toEqual(published));
  it('says nothing where the root keeps unknown fields', () => {
    expect(publish({ a: text }, 2, { 'x-kubernetes-preserve-unknown-fields': true })).toEqual({ type: 'object' });
  });
});
