import { describe, expect, it } from '@jest/globals';
import type { Json } from '@kcp/api-machinery';
import { parseJson, stringifyJson } from '@kcp/api-machinery';
import { parseSchema } from './parse-schema.ts';

const stored = (json: Json): Json | undefined => parseSchema(json).schema?.stored;

describe('the stored form of a schema', () => {
  it.each<[string, Json, Json]>([
    [
      'leaves out what is empty',
      { type: 'object', description: '', required: [], enum: [], properties: {}, nullable: false, default: null },
      { type: 'object' },
    ],
    ['keeps zeroes', { maximum: 0, minLength: 0, multipleOf: 0 }, { maximum: 0, minLength: 0, multipleOf: 0 }],
    [
      'keeps empty schemas',
      { items: {}, additionalProperties: {}, not: {} },
      { items: {}, additionalProperties: {}, not: {} },
    ],
    ['keeps booleans for schemas', { additionalProperties: false }, { additionalProperties: false }],
    ['keeps nulls in an enum', { enum: [null, 1] }, { enum: [null, 1] }],
    ['drops items that are an empty list', { items: [] }, {}],
    [
      'keeps the text of a rule alone',
      { 'x-kubernetes-validations': [{ message: '', fieldPath: null }] },
      { 'x-kubernetes-validations': [{ rule: '' }] },
    ],
    ['keeps external documentation', { externalDocs: { url: 'u', description: '' } }, { externalDocs: { url: 'u' } }],
    [
      'keeps what is refused later',
      {
        $ref: '#/x',
        id: 'i',
        $schema: 's',
        definitions: { a: {} },
        dependencies: { a: ['b'], c: {} },
        patternProperties: { p: {} },
        additionalItems: true,
      },
      {
        $ref: '#/x',
        id: 'i',
        $schema: 's',
        definitions: { a: {} },
        dependencies: { a: ['b'], c: {} },
        patternProperties: { p: {} },
        additionalItems: true,
      },
    ],
    [
      'keeps a false for preserve-unknown-fields',
      { 'x-kubernetes-preserve-unknown-fields': false },
      { 'x-kubernetes-preserve-unknown-fields': false },
    ],
  ])('%s', (_name, json, kept) => expect(stored(json)).toEqual(kept));

  it('keeps odd names and long integers', () => {
    const text =
      '{"type":"object","properties":{"10":{"type":"integer","default":9223372036854775807},"__proto__":{"type":"string"}}}';
    const kept = stored(parseJson(text));
    expect(kept === undefined ? '' : stringifyJson(kept)).toBe(text);
  });
});

describe('keywords', () => {
  it('that nobody knows are told and not stored', () => {
    const { schema, unknownFields } = parseSchema(
      {
        type: 'object',
        title2: 'x',
        properties: { a: { nullable: true, odd: 1 } },
        'x-kubernetes-validations': [{ rule: 'true', odd: 1 }],
      },
      's',
    );
    expect(unknownFields).toEqual(['s.title2', 's.properties.a.odd', 's.x-kubernetes-validations[0].odd']);
    expect(schema?.stored).toEqual({
      type: 'object',
      properties: { a: { nullable: true } },
      'x-kubernetes-validations': [{ rule: 'true' }],
    });
  });
  it.each<[string, Json]>([
    ['type', { type: 1 }],
    ['maxLength', { maxLength: 1.5 }],
    ['maximum', { maximum: '1' }],
    ['nullable', { nullable: 'yes' }],
    ['required', { required: 'a' }],
    ['required', { required: [1] }],
    ['properties', { properties: [] }],
    ['properties.a', { properties: { a: 1 } }],
    ['additionalProperties', { additionalProperties: 'x' }],
    ['allOf', { allOf: {} }],
    ['enum', { enum: 'x' }],
    ['externalDocs', { externalDocs: 'x' }],
    ['x-kubernetes-validations', { 'x-kubernetes-validations': {} }],
  ])('of a wrong type are refused: %s', (keyword, json) => {
    const { schema, errors } = parseSchema(json, 's');
    expect(schema).toBeUndefined();
    expect(errors).toMatchObject([{ type: 'FieldValueTypeInvalid', field: `s.${keyword}` }]);
  });
  it('of something that is no object are none', () => {
    expect(parseSchema(['x'], 's').errors[0]?.message).toBe(
      'json: cannot unmarshal array into Go value of type v1.JSONSchemaProps',
    );
  });
});
