import { describe, expect, it } from '@jest/globals';
import type { FieldError, Json } from '@kcp/api-machinery';
import { validateSchemaDefinition } from './validate-schema-definition.ts';

const text = { type: 'string' };
const told = (errors: readonly FieldError[]): string[] => errors.map(({ field, message }) => `${field}: ${message}`);
const root = (schema: Json, statusSubresource = false): string[] =>
  told(validateSchemaDefinition(schema, { path: 's', statusSubresource }));
const field = (schema: Json): string[] => root({ type: 'object', properties: { a: schema } });
const list = (more: object, items: Json = { type: 'object', properties: { k: text }, required: ['k'] }): Json => ({
  type: 'array',
  items,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['k'],
  ...more,
});
const at = 's.properties[a]';
const structural = 'to be structural';

describe('a schema at the root', () => {
  it.each<[string, Json, string[]]>([
    ['needs a type', { properties: { a: text } }, ['s.type: Required value: must not be empty at the root']],
    ['is an object', text, ['s.type: Invalid value: "string": must be object at the root']],
    [
      'is not nullable',
      { type: 'object', nullable: true },
      ['s.nullable: Forbidden: nullable cannot be true at the root'],
    ],
    [
      'has no additionalProperties',
      { type: 'object', additionalProperties: text },
      ['s.additionalProperties: Forbidden: must not be used at the root'],
    ],
    [
      'has no default that is no whole resource',
      { type: 'object', default: {} },
      ['s.default.apiVersion: Required value', 's.default.kind: Required value'],
    ],
    [
      'names in its junctors only what is in the structure',
      { type: 'object', anyOf: [{ properties: { b: { minLength: 1 } } }] },
      ['s.properties[b]: Required value: because it is defined in s.anyOf[0].properties[b]'],
    ],
  ])('%s', (_name, schema, errors) => expect(root(schema)).toEqual(errors));

  it('may say nothing outside properties beside the status sub-resource', () => {
    expect(root({ type: 'object', maxProperties: 3 }, true)[0]).toMatch(
      /^s: Invalid value: \{"maxProperties":3,"type":"object"\}: only \[Description Type .* XValidations\] fields are allowed at the root/,
    );
    expect(root({ type: 'object', required: ['a'], properties: { a: text } }, true)).toEqual([]);
  });
});

describe('metadata', () => {
  const metadata = (schema: Json): string[] => root({ type: 'object', properties: { metadata: schema } });
  it('may restrict name and generateName', () => {
    expect(metadata({ type: 'object', properties: { name: { type: 'string', maxLength: 5 } } })).toEqual([]);
  });
  it('may restrict nothing else', () => {
    const error =
      's.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified';
    expect(metadata({ type: 'object', properties: { labels: { type: 'object' } } })).toEqual([error]);
    expect(metadata({ type: 'object', nullable: true })).toEqual([error]);
  });
  it('has no defaults', () => {
    expect(metadata({ type: 'object', properties: { name: { type: 'string', default: 'x' } } })).toEqual([
      's.properties[metadata].properties[name].default: Forbidden: must not be set in top-level metadata',
    ]);
  });
  it('and type meta have their types', () => {
    expect(metadata(text)).toEqual(['s.properties[metadata].type: Invalid value: "string": must be object']);
    expect(root({ type: 'object', properties: { kind: { type: 'integer' } } })).toEqual([
      's.properties[kind].type: Invalid value: "integer": must be string',
    ]);
  });
});

describe('the structure', () => {
  it.each<[string, Json, string[]]>([
    [
      'has a type at each field',
      { minLength: 1 },
      [`${at}.type: Required value: must not be empty for specified object fields`],
    ],
    [
      'has a type at items',
      { type: 'array', items: { minLength: 1 } },
      [`${at}.items.type: Required value: must not be empty for specified array items`],
    ],
    ['has items in each list', { type: 'array' }, [`${at}.items: Required value: must be specified`]],
    [
      'knows six types',
      { type: 'text' },
      [
        `${at}.type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"`,
      ],
    ],
    [
      'has properties or additionalProperties',
      { type: 'object', properties: { b: text }, additionalProperties: text },
      [`${at}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`],
    ],
    ['may forbid further properties', { type: 'object', additionalProperties: false }, []],
    ['may keep unknown fields without a type', { 'x-kubernetes-preserve-unknown-fields': true }, []],
    [
      'may not say that unknown fields are not kept',
      { type: 'object', 'x-kubernetes-preserve-unknown-fields': false },
      [`${at}.x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined`],
    ],
    [
      'is int-or-string or keeps unknown fields',
      { 'x-kubernetes-int-or-string': true, 'x-kubernetes-preserve-unknown-fields': true },
      [
        `${at}.x-kubernetes-preserve-unknown-fields: Invalid value: true: must be false if x-kubernetes-int-or-string is true`,
      ],
    ],
    [
      'tells what an embedded resource has',
      { type: 'string', 'x-kubernetes-embedded-resource': true },
      [
        `${at}.properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields`,
        `${at}.type: Invalid value: "string": must be object if x-kubernetes-embedded-resource is true`,
      ],
    ],
    ['does without references', { $ref: '#/x' }, [`${at}.$ref: Forbidden: $ref is not supported`]],
    [
      'does without definitions',
      { type: 'object', definitions: { x: text } },
      [`${at}.definitions: Forbidden: definitions is not supported`],
    ],
    [
      'does without dependencies',
      { type: 'object', dependencies: { x: ['y'] } },
      [`${at}.dependencies: Forbidden: dependencies is not supported`],
    ],
    [
      'has one schema for all items',
      { type: 'array', items: [text] },
      [`${at}.items: Forbidden: items must be a schema object and not an array`],
    ],
    [
      'does without $schema',
      { type: 'object', $schema: 'x' },
      ['s: Invalid value: "": OpenAPIV3Schema \'schema\' is not supported'],
    ],
    [
      'does without unique items',
      { type: 'array', uniqueItems: true, items: text },
      [
        `${at}.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic`,
      ],
    ],
    [
      'does without look-ahead',
      { type: 'string', pattern: '(?!x)y' },
      [
        `${at}.pattern: Invalid value: "(?!x)y": must be a valid regular expression, but isn't: error parsing regexp: invalid or unsupported Perl syntax: \`(?!\``,
      ],
    ],
    ['takes any format', { type: 'string', format: 'zip-code' }, []],
  ])('%s', (_name, schema, errors) => expect(field(schema)).toEqual(errors));
});

describe('junctors', () => {
  it.each<[string, Json, string[]]>([
    [
      'say nothing of types',
      { type: 'string', anyOf: [{ type: 'string' }] },
      [`${at}.anyOf[0].type: Forbidden: must be empty ${structural}`],
    ],
    [
      'describe nothing',
      { type: 'string', allOf: [{ description: 'x' }] },
      [`${at}.allOf[0].description: Forbidden: must be empty ${structural}`],
    ],
    [
      'default nothing',
      { type: 'string', oneOf: [{ default: 'x' }] },
      [`${at}.oneOf[0].default: Forbidden: must be undefined ${structural}`],
    ],
    [
      'allow no null',
      { type: 'string', not: { nullable: true } },
      [`${at}.not.nullable: Forbidden: must be false ${structural}`],
    ],
    [
      'add no properties',
      { type: 'object', anyOf: [{ additionalProperties: { minLength: 1 } }] },
      [`${at}.anyOf[0].additionalProperties: Forbidden: must be undefined ${structural}`],
    ],
    [
      'have no rules',
      { type: 'string', allOf: [{ 'x-kubernetes-validations': [{ rule: 'true' }] }] },
      [`${at}.allOf[0].x-kubernetes-validations: Forbidden: must be empty ${structural}`],
    ],
    [
      'leave metadata alone',
      { type: 'object', allOf: [{ properties: { metadata: { required: ['name'] } } }] },
      [`${at}.allOf[0].properties[metadata]: Forbidden: must not be specified in a nested context`],
    ],
    ['may name fields that are not there', { type: 'object', anyOf: [{ properties: { c: { minLength: 1 } } }] }, []],
    [
      'may tell an int from a string',
      { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
      [],
    ],
    [
      'may do so first in allOf',
      { 'x-kubernetes-int-or-string': true, allOf: [{ anyOf: [{ type: 'integer' }, { type: 'string' }] }] },
      [],
    ],
    [
      'in no other order',
      { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'string' }, { type: 'integer' }] },
      [0, 1].map((index) => `${at}.anyOf[${index}].type: Forbidden: must be empty ${structural}`),
    ],
  ])('%s', (_name, schema, errors) => expect(field(schema)).toEqual(errors));
});

describe('lists and maps', () => {
  const items = `${at}.items`;
  const keys = `${at}.x-kubernetes-list-map-keys`;
  it.each<[string, Json, string[]]>([
    [
      'a list type is for lists',
      { type: 'object', 'x-kubernetes-list-type': 'atomic' },
      [`${at}.type: Invalid value: "object": must be array if x-kubernetes-list-type is specified`],
    ],
    [
      'there are three list types',
      { type: 'array', items: text, 'x-kubernetes-list-type': 'bag' },
      [`${at}.x-kubernetes-list-type: Unsupported value: "bag": supported values: "atomic", "set", "map"`],
    ],
    [
      'objects in sets are atomic',
      { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'set' },
      [
        `${items}.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set`,
      ],
    ],
    [
      'lists in sets may be atomic unsaid',
      { type: 'array', items: { type: 'array', items: text }, 'x-kubernetes-list-type': 'set' },
      [],
    ],
    [
      'a map list holds objects',
      list({}, text),
      [`${items}.type: Invalid value: "string": must be object if parent array's x-kubernetes-list-type is map`],
    ],
    [
      'a map list has keys',
      list({ 'x-kubernetes-list-map-keys': [] }),
      [`${keys}: Required value: must not be empty if x-kubernetes-list-type is map`],
    ],
    [
      'keys are for map lists',
      list({ 'x-kubernetes-list-type': null }),
      [`${at}.x-kubernetes-list-type: Required value: must be map if x-kubernetes-list-map-keys is non-empty`],
    ],
    [
      'keys are properties',
      list({ 'x-kubernetes-list-map-keys': ['z'] }),
      [`${keys}: Invalid value: ["z"]: entries must all be names of item properties`],
    ],
    [
      'keys differ',
      list({ 'x-kubernetes-list-map-keys': ['k', 'k'] }),
      [`${keys}: Invalid value: ["k","k"]: must not contain duplicate entries`],
    ],
    [
      'keys are scalars',
      list({}, { type: 'object', properties: { k: { type: 'object' } }, required: ['k'] }),
      [
        `${items}.properties[k].type: Invalid value: "object": must be a scalar type if parent array's x-kubernetes-list-type is map`,
      ],
    ],
    [
      'keys are always there',
      list({}, { type: 'object', properties: { k: text } }),
      [
        `${items}.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property`,
      ],
    ],
    [
      'a default is enough for a key',
      list({}, { type: 'object', properties: { k: { type: 'string', default: 'x' } } }),
      [],
    ],
    [
      'keys are never null',
      list({}, { type: 'object', properties: { k: { type: 'string', nullable: true } }, required: ['k'] }),
      [
        `${items}.properties[k].nullable: Forbidden: this property is in x-kubernetes-list-map-keys, so it cannot be nullable`,
      ],
    ],
    [
      'items of map lists are never null',
      list({}, { type: 'object', nullable: true, properties: { k: text }, required: ['k'] }),
      [`${items}.nullable: Forbidden: cannot be nullable when x-kubernetes-list-type is map`],
    ],
    [
      'a map type is for objects',
      { type: 'string', 'x-kubernetes-map-type': 'granular' },
      [`${at}.type: Invalid value: "string": must be object if x-kubernetes-map-type is specified`],
    ],
    [
      'there are two map types',
      { type: 'object', 'x-kubernetes-map-type': 'loose' },
      [`${at}.x-kubernetes-map-type: Unsupported value: "loose": supported values: "atomic", "granular"`],
    ],
  ])('%s', (_name, schema, errors) => expect(field(schema)).toEqual(errors));
});

describe('defaults', () => {
  const here = `${at}.default`;
  it.each<[string, Json, string[]]>([
    [
      'have the type',
      { type: 'integer', default: 'three' },
      [`${here}: Invalid value: "string":  in body must be of type integer: "string"`],
    ],
    [
      'are in the enum',
      { type: 'string', enum: ['x', 'y'], default: 'z' },
      [`${here}: Unsupported value: "z": supported values: "x", "y"`],
    ],
    [
      'keep limits',
      { type: 'integer', minimum: 5, default: 1 },
      [`${here}: Invalid value: 1:  in body should be greater than or equal to 5`],
    ],
    [
      'are whole for integers',
      { type: 'integer', default: 1.5 },
      [
        `${here}: Invalid value: "number":  in body must be of type integer: "number"`,
        `${here}: Invalid value: "": Checked value must be of type integer (default format) in `,
      ],
    ],
    [
      'have no unknown fields',
      { type: 'object', properties: { b: text }, default: { c: 1, b: 'x' } },
      [`${here}: Invalid value: {"b":"x","c":1}: must not have unknown fields`],
    ],
    [
      'are not completed by inner ones',
      { type: 'object', properties: { b: { type: 'string', default: 'in' } }, required: ['b'], default: {} },
      [`${here}.b: Required value`],
    ],
    [
      'may repeat items of a set',
      { type: 'array', items: text, 'x-kubernetes-list-type': 'set', default: ['x', 'x'] },
      [],
    ],
    ['may be null, which is none', { type: 'string', default: null }, []],
    [
      'of embedded metadata make a valid one',
      {
        type: 'object',
        'x-kubernetes-embedded-resource': true,
        properties: { metadata: { type: 'object', properties: { namespace: { type: 'string', default: 'Not OK' } } } },
      },
      [
        expect.stringMatching(
          /^s\.properties\[a\]\.properties\[metadata\]\.properties\[namespace\]\.default: Invalid value: "Not OK": must result in valid metadata: metadata\.namespace: Invalid value/,
        ) as unknown as string,
      ],
    ],
  ])('%s', (_name, schema, errors) => expect(field(schema)).toEqual(errors));
});

describe('rules in x-kubernetes-validations', () => {
  const rules = (rule: Json): string[] =>
    field({
      type: 'object',
      properties: { n: { type: 'integer' }, 'odd.name': text, dict: { type: 'object', additionalProperties: text } },
      'x-kubernetes-validations': [rule],
    });
  const here = `${at}.x-kubernetes-validations[0]`;
  it.each<[string, Json, string[]]>([
    ['have a text', { rule: ' ' }, [`${here}.rule: Required value: rule is not specified`]],
    [
      'have no blank message',
      { rule: 'true', message: '  ' },
      [`${here}.message: Invalid value: "  ": must be non-empty if specified`],
    ],
    [
      'have a message of one line',
      { rule: 'true', message: 'a\nb' },
      [`${here}.message: Invalid value: "a\\nb": must not contain line breaks`],
    ],
    [
      'have a message where they have lines',
      { rule: 'true &&\ntrue' },
      [`${here}.message: Required value: message must be specified if rule contains line breaks`],
    ],
    [
      'have no blank messageExpression',
      { rule: 'true', messageExpression: ' ' },
      [`${here}.messageExpression: Required value: messageExpression must be non-empty if specified`],
    ],
    [
      'have one of four reasons',
      { rule: 'true', reason: 'FieldValueNotFound' },
      [
        `${here}.reason: Unsupported value: "FieldValueNotFound": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"`,
      ],
    ],
    [
      'point to a field',
      { rule: 'true', fieldPath: '.m' },
      [`${here}.fieldPath: Invalid value: ".m": must be a valid path`],
    ],
    ['may point to an odd name', { rule: 'true', fieldPath: "['odd.name']" }, []],
    ['may point into a map', { rule: 'true', fieldPath: ".dict['some key']" }, []],
  ])('%s', (_name, rule, errors) => expect(rules(rule)).toEqual(errors));
});

describe('a schema that cannot be read', () => {
  it('gives the complaints of the reader', () => {
    expect(field({ type: 5 })).toEqual([
      `s.properties.a.type: json: cannot unmarshal number into Go struct field JSONSchemaProps.s.properties.a.type of type string`,
    ]);
  });
  it('may be nested no deeper than stated', () => {
    let deep: Json = { type: 'string' };
    for (let level = 0; level < 130; level++) deep = { type: 'array', items: deep };
    expect(root(deep)).toHaveLength(1);
    expect(root(deep)[0]).toMatch(/must not be nested more than 128 levels deep$/);
  });
});
