import { describe, expect, it } from '@jest/globals';
import type { FieldError, Json, JsonObject } from '@kcp/api-machinery';
import type { CompiledSchema } from './compile-schema.ts';
import { compileSchema } from './compile-schema.ts';
import { parseSchema } from './parse-schema.ts';

const text = { type: 'string' };
const told = (errors: readonly FieldError[]): string[] =>
  errors.map(({ type, field, message }) => `${type} ${field}: ${message}`);

function compiled(spec: JsonObject, more: JsonObject = {}): CompiledSchema {
  const { schema, errors } = parseSchema({ type: 'object', properties: { spec, ...more } });
  if (schema === undefined) throw new Error(JSON.stringify(errors));
  return compileSchema(schema);
}

/** What is wrong with the value `v` of a field `x` under spec. */
const check = (schema: JsonObject, v: Json): string[] =>
  told(compiled({ type: 'object', properties: { x: schema } }).validate({ spec: { x: v } })).map((line) =>
    line.replaceAll('spec.x', 'X'),
  );

describe('types', () => {
  const values: Record<string, Json> = {
    string: 'x',
    integer: 1,
    number: 1.5,
    boolean: true,
    array: ['x'],
    object: { x: 'y' },
  };
  it.each(Object.keys(values))('%s takes its own values alone', (type) => {
    const schema =
      type === 'array' ? { type, items: text } : type === 'object' ? { type, properties: { x: text } } : { type };
    for (const [given, value] of Object.entries(values)) {
      const right = given === type || (type === 'number' && given === 'integer');
      const wrong = [
        `FieldValueTypeInvalid X: Invalid value: "${given}": X in body must be of type ${type}: "${given}"`,
      ];
      if (type === 'integer' && given === 'number') {
        wrong.push(
          'FieldValueInvalid <nil>: Invalid value: "": Checked value must be of type integer (default format) in X',
        );
      }
      expect(check(schema, value)).toEqual(right ? [] : wrong);
    }
  });
  it('int-or-string takes both', () => {
    const schema = { 'x-kubernetes-int-or-string': true };
    expect([check(schema, 80), check(schema, '80%')]).toEqual([[], []]);
    expect(check(schema, 1.5)).toEqual([
      'FieldValueTypeInvalid X: Invalid value: "number": X in body must be of type integer,string: "number"',
    ]);
  });
  it('null is a type of its own', () => {
    expect(check({ type: 'array', items: text }, [null])).toEqual([
      'FieldValueTypeInvalid X[0]: Invalid value: "null": X[0] in body must be of type string: "null"',
    ]);
    expect(check({ type: 'string', nullable: true }, null)).toEqual([]);
  });
  it('integers up to int64 are held exactly', () => {
    expect(check({ type: 'integer' }, 2n ** 63n - 1n)).toEqual([]);
    expect(check({ type: 'integer' }, 2n ** 63n)).toEqual([
      'FieldValueTypeInvalid X: Invalid value: "number": X in body must be of type integer: "number"',
      'FieldValueInvalid <nil>: Invalid value: "": Checked value must be of type integer (default format) in X',
    ]);
  });
});

describe('keywords', () => {
  const body = 'X in body';
  it.each<[string, JsonObject, Json, string[]]>([
    [
      'enum of texts',
      { type: 'string', enum: ['red', 'green'] },
      'blue',
      ['FieldValueNotSupported X: Unsupported value: "blue": supported values: "red", "green"'],
    ],
    [
      'enum of numbers',
      { type: 'integer', enum: [1, 2] },
      4,
      ['FieldValueNotSupported X: Unsupported value: 4: supported values: "1", "2"'],
    ],
    [
      'minimum',
      { type: 'integer', minimum: 2 },
      1,
      [`FieldValueInvalid X: Invalid value: 1: ${body} should be greater than or equal to 2`],
    ],
    [
      'maximum',
      { type: 'integer', maximum: 5 },
      6,
      [`FieldValueInvalid X: Invalid value: 6: ${body} should be less than or equal to 5`],
    ],
    [
      'exclusive minimum',
      { type: 'number', minimum: 0, exclusiveMinimum: true },
      0,
      [`FieldValueInvalid X: Invalid value: 0: ${body} should be greater than 0`],
    ],
    [
      'exclusive maximum',
      { type: 'number', maximum: 1, exclusiveMaximum: true },
      1,
      [`FieldValueInvalid X: Invalid value: 1: ${body} should be less than 1`],
    ],
    [
      'numbers as Go shows doubles',
      { type: 'number', maximum: 0.5 },
      1234567.5,
      [`FieldValueInvalid X: Invalid value: 1.2345675e+06: ${body} should be less than or equal to 0.5`],
    ],
    [
      'multipleOf',
      { type: 'integer', multipleOf: 2 },
      3,
      [`FieldValueInvalid X: Invalid value: 3: ${body} should be a multiple of 2`],
    ],
    ['multipleOf of a fraction', { type: 'number', multipleOf: 0.1 }, 0.3, []],
    [
      'multipleOf of zero',
      { type: 'integer', multipleOf: 0 },
      3,
      ['FieldValueInvalid X: Invalid value: 0: factor MultipleOf declared for X must be positive: 0'],
    ],
    [
      'format int32',
      { type: 'integer', format: 'int32' },
      2 ** 31,
      ['FieldValueInvalid <nil>: Invalid value: "": Checked value must be of type integer with format int32 in X'],
    ],
    [
      'format float',
      { type: 'number', format: 'float' },
      1e39,
      ['FieldValueInvalid <nil>: Invalid value: "": Checked value must be of type number with format float in X'],
    ],
    [
      'minLength',
      { type: 'string', minLength: 2 },
      '😀',
      [`FieldValueInvalid X: Invalid value: "😀": ${body} should be at least 2 chars long`],
    ],
    [
      'maxLength',
      { type: 'string', maxLength: 4 },
      'abcde',
      ['FieldValueTooLong X: Too long: may not be more than 4 bytes'],
    ],
    ['maxLength counts characters', { type: 'string', maxLength: 4 }, 'äöü€', []],
    [
      'pattern',
      { type: 'string', pattern: '^[a-z]+$' },
      'abc\n',
      [`FieldValueInvalid X: Invalid value: "abc\\n": ${body} should match '^[a-z]+$'`],
    ],
    [
      'a pattern that is none',
      { type: 'string', pattern: '[a-' },
      'a',
      [
        `FieldValueInvalid X: Invalid value: "a": ${body} should match '[a-, but pattern is invalid: error parsing regexp: missing closing ]: \`[a-\`'`,
      ],
    ],
    [
      'a format of texts',
      { type: 'string', format: 'date' },
      '2023-02-29',
      [`FieldValueTypeInvalid X: Invalid value: "2023-02-29": ${body} must be of type date: "2023-02-29"`],
    ],
    ['an unknown format', { type: 'string', format: 'zip-code' }, 'x', []],
    [
      'minItems',
      { type: 'array', minItems: 1, items: text },
      [],
      [`FieldValueInvalid X: Invalid value: 0: ${body} should have at least 1 items`],
    ],
    [
      'maxItems',
      { type: 'array', maxItems: 2, items: text },
      ['a', 'b', 'c'],
      ['FieldValueTooMany X: Too many: 3: must have at most 2 items'],
    ],
    [
      'minProperties',
      { type: 'object', minProperties: 1 },
      {},
      [`FieldValueInvalid X: Invalid value: 0: ${body} should have at least 1 properties`],
    ],
    [
      'maxProperties',
      { type: 'object', maxProperties: 1, additionalProperties: text },
      { a: 'x', b: 'y' },
      ['FieldValueTooMany X: Too many: 2: must have at most 1 item'],
    ],
    [
      'required',
      { type: 'object', required: ['a', 'constructor'] },
      {},
      ['FieldValueRequired X.a: Required value', 'FieldValueRequired X.constructor: Required value'],
    ],
    [
      'additionalProperties: false',
      { type: 'object', additionalProperties: false },
      { a: 1 },
      [`FieldValueInvalid X: Invalid value: "a": X.a in body is a forbidden property`],
    ],
    [
      'a map value',
      { type: 'object', additionalProperties: { type: 'integer' } },
      { 'a.b': 'x' },
      ['FieldValueTypeInvalid X.a.b: Invalid value: "string": X.a.b in body must be of type integer: "string"'],
    ],
    [
      'uniqueItems',
      { type: 'array', uniqueItems: true, items: text },
      ['a', 'a'],
      [`FieldValueInvalid X: Invalid value: "": ${body} shouldn't contain duplicates`],
    ],
  ])('%s', (_name, schema, value, errors) => expect(check(schema, value)).toEqual(errors));
});

describe('junctors', () => {
  const either = { type: 'object', properties: { a: text, b: text } };
  const ways = [{ required: ['a'] }, { required: ['b'] }];
  it.each<[string, JsonObject, Json, string[]]>([
    [
      'anyOf tells the nearest alternative',
      { ...either, anyOf: ways },
      {},
      [
        'FieldValueInvalid <nil>: Invalid value: "": "X" must validate at least one schema (anyOf)',
        'FieldValueRequired X.a: Required value',
      ],
    ],
    [
      'oneOf wants one',
      { ...either, oneOf: ways },
      { a: 'x', b: 'y' },
      [
        'FieldValueInvalid <nil>: Invalid value: "": "X" must validate one and only one schema (oneOf). Found 2 valid alternatives',
      ],
    ],
    [
      'oneOf tells the nearest alternative',
      { ...either, oneOf: ways },
      {},
      [
        'FieldValueInvalid <nil>: Invalid value: "": "X" must validate one and only one schema (oneOf). Found none valid',
        'FieldValueRequired X.a: Required value',
      ],
    ],
    [
      'allOf tells all',
      { type: 'string', allOf: [{ minLength: 3 }, { pattern: '^a' }] },
      'bx',
      [
        'FieldValueInvalid X: Invalid value: "bx": X in body should be at least 3 chars long',
        `FieldValueInvalid X: Invalid value: "bx": X in body should match '^a'`,
        'FieldValueInvalid <nil>: Invalid value: "": "X" must validate all the schemas (allOf). None validated',
      ],
    ],
    [
      'not',
      { type: 'string', not: { enum: ['no'] } },
      'no',
      ['FieldValueInvalid <nil>: Invalid value: "": "X" must not validate the schema (not)'],
    ],
    [
      'the alternative with more matches is the nearest',
      { ...either, anyOf: [{ required: ['a'] }, { properties: { b: { minLength: 5 } } }] },
      { b: 'x' },
      [
        'FieldValueInvalid <nil>: Invalid value: "": "X" must validate at least one schema (anyOf)',
        'FieldValueInvalid X.b: Invalid value: "x": X.b in body should be at least 5 chars long',
      ],
    ],
  ])('%s', (_name, schema, value, errors) => expect(check(schema, value)).toEqual(errors));
});

describe('several errors', () => {
  it('come in the order of names, items in theirs', () => {
    const schema = {
      type: 'object',
      properties: { b: text, a: { type: 'array', items: { type: 'string', maxLength: 1 } } },
    };
    const [first, second, third] = check(schema, { b: 1, a: ['x', 'yy', 3] });
    expect([first, second, third].map((line) => line?.split(':')[0])).toEqual([
      'FieldValueTooLong X.a[1]',
      'FieldValueTypeInvalid X.a[2]',
      'FieldValueTypeInvalid X.b',
    ]);
  });
});

describe('lists of type set and map', () => {
  const set = { type: 'array', items: text, 'x-kubernetes-list-type': 'set' };
  const pair = { type: 'object', properties: { host: text, port: { type: 'integer' } } };
  const map = {
    type: 'array',
    items: pair,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['host', 'port'],
  };
  it.each<[string, JsonObject, Json, string[]]>([
    [
      'a set tells each repetition once',
      set,
      ['a', 'b', 'a', 'b', 'a'],
      ['FieldValueDuplicate X[2]: Duplicate value: "a"', 'FieldValueDuplicate X[3]: Duplicate value: "b"'],
    ],
    [
      'a set of objects',
      { ...set, items: { type: 'object', properties: { a: text } } },
      [{ a: 'x' }, {}, { a: 'x' }],
      ['FieldValueDuplicate X[2]: Duplicate value: {"a":"x"}'],
    ],
    [
      'a map of two keys',
      map,
      [
        { host: 'h', port: 1 },
        { port: 1, host: 'h' },
        { host: 'h', port: 2 },
      ],
      ['FieldValueDuplicate X[1]: Duplicate value: {"host":"h","port":1}'],
    ],
    ['a map of missing keys', map, [{}, {}], ['FieldValueDuplicate X[1]: Duplicate value: {}']],
    [
      'inside a map of lists',
      { type: 'object', additionalProperties: set },
      { k: ['a', 'a'] },
      ['FieldValueDuplicate X[k][1]: Duplicate value: "a"'],
    ],
    ['a plain list may repeat', { type: 'array', items: text }, ['a', 'a'], []],
  ])('%s', (_name, schema, value, errors) => expect(check(schema, value)).toEqual(errors));
});

describe('embedded resources', () => {
  const pod = { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true };
  it.each<[string, Json, string[]]>([
    [
      'need type meta',
      {},
      ['FieldValueRequired X.apiVersion: Required value', 'FieldValueRequired X.kind: Required value'],
    ],
    [
      'have a group and version',
      { apiVersion: 'a/b/c', kind: 'Pod' },
      ['FieldValueInvalid X.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c'],
    ],
    ['have a kind', { apiVersion: 'v1', kind: '' }, ['FieldValueInvalid X.kind: Invalid value: "": must not be empty']],
    ['may have any name', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'Not OK' } }, []],
    [
      'may have no name that is no path segment',
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a/b' } },
      [`FieldValueInvalid X.metadata.name: Invalid value: "a/b": may not contain '/'`],
    ],
  ])('%s', (_name, value, errors) => expect(check(pod, value)).toEqual(errors));
});

describe('updates', () => {
  const rows = {
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['k'],
    items: { type: 'object', properties: { k: text, v: { type: 'string', pattern: '^[a-z]+$' } }, required: ['k'] },
  };
  const schema = compiled({
    type: 'object',
    properties: {
      size: { type: 'integer', maximum: 100 },
      inner: { type: 'object', properties: { a: { type: 'string', enum: ['good'] } } },
      rows,
      loose: { type: 'array', items: { type: 'string', maxLength: 1 } },
      set: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
      any: { type: 'string', anyOf: [{ minLength: 5 }] },
    },
  });
  const old = {
    size: 500,
    inner: { a: 'bad' },
    rows: [
      { k: 'one', v: 'BAD' },
      { k: 'two', v: 'ok' },
    ],
    loose: ['long'],
    any: 'x',
  };
  const update = (changed: JsonObject, before: JsonObject = old): string[] =>
    told(schema.validateUpdate({ spec: { ...before, ...changed } }, { spec: before })).map(
      (line) => line.split(':')[0] ?? '',
    );

  it('tolerate what was invalid and did not change', () => {
    expect(update({})).toEqual([]);
    expect(schema.validate({ spec: old })).toHaveLength(6);
  });
  it.each<[string, JsonObject, string[]]>([
    ['another invalid value', { size: 501 }, ['FieldValueInvalid spec.size']],
    ['a good value', { size: 5 }, []],
    ['another item of a map list', { rows: [{ k: 'zero', v: 'fine' }, ...old.rows] }, []],
    ['items of a map list in another order', { rows: old.rows.toReversed() }, []],
    ['the invalid item of a map list', { rows: [{ k: 'one', v: 'WORSE' }] }, ['FieldValueInvalid spec.rows[0].v']],
    ['another item of a plain list', { loose: ['long', 'x'] }, ['FieldValueTooLong spec.loose[0]']],
    ['a neighbour of what a junctor refuses', { size: 7 }, []],
  ])('are judged by what changes: %s', (_name, changed, errors) => expect(update(changed)).toEqual(errors));
  it('tolerate duplicates only where there were some', () => {
    expect(update({ set: ['a', 'a'] })).toEqual(['FieldValueDuplicate spec.set[1]']);
    expect(update({ set: ['a', 'a', 'b', 'b'] }, { ...old, set: ['x', 'x'] })).toEqual([]);
  });
});

describe('updates of the status', () => {
  const schema = compiled(
    { type: 'object', required: ['must'] },
    { status: { type: 'object', properties: { ready: { type: 'boolean' }, n: { type: 'integer', maximum: 1 } } } },
  );
  it('look at the status alone, with its own paths in the text', () => {
    expect(told(schema.validateStatusUpdate({ spec: {}, status: { ready: 'yes' } }, { spec: {} }))).toEqual([
      'FieldValueTypeInvalid status.ready: Invalid value: "string": ready in body must be of type boolean: "string"',
    ]);
  });
  it('tolerate what did not change', () => {
    expect(schema.validateStatusUpdate({ status: { n: 5, ready: true } }, { status: { n: 5 } })).toEqual([]);
  });
});

describe('the fingerprint', () => {
  it('is equal for schemas that differ in the order of keywords only', () => {
    const [one, two] = [compiled({ type: 'string', maxLength: 1 }), compiled({ maxLength: 1, type: 'string' })];
    expect(one.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(one.fingerprint).toBe(two.fingerprint);
    expect(one.fingerprint).not.toBe(compiled({ type: 'string', maxLength: 2 }).fingerprint);
  });
});
