import { describe, expect, it } from '@jest/globals';
import { isObject, parseJson, type JsonObject } from '@kcp/api-machinery';
import protobuf from 'protobufjs';
import { swaggerJson, swaggerProtobuf, type SwaggerForm } from './v2-form.ts';
import { SwaggerWriter } from './v2.ts';
import { readDocument, schemaText } from './test-v2-reader.ts';

const type = protobuf.parse(schemaText).root.lookupType('Document');

async function written(form: SwaggerForm, ...documents: readonly JsonObject[]): Promise<Buffer> {
  const writer = new SwaggerWriter(form);
  for (const document of documents) await writer.add(document);
  return Buffer.concat([...writer.pieces()]);
}

/** What an independent decoder reads of the document in protobuf, and the document in JSON. */
async function both(...documents: readonly JsonObject[]) {
  const bytes = await written(swaggerProtobuf, ...documents);
  const json = parseJson((await written(swaggerJson, ...documents)).toString('utf8'));
  return { read: readDocument(type.toObject(type.decode(bytes), { longs: Number })), json };
}

const gvk = { group: 'example.com', kind: 'Thing', version: 'v1' };
const reference = { $ref: '#/components/schemas/com.example.v1.Thing' };
const content = { 'application/json': { schema: reference } };
const parameter = (name: string, where: string): JsonObject => ({
  name,
  in: where,
  description: `the ${name}`,
  ...(where === 'path' && { required: true }),
  schema: { type: 'string', uniqueItems: true },
});

function documentOf(schemas: Readonly<Record<string, JsonObject>>, paths: JsonObject = {}): JsonObject {
  return { openapi: '3.0.0', paths, components: { schemas } };
}

const paths: JsonObject = {
  '/apis/example.com/v1/things/{name}': {
    parameters: [parameter('name', 'path')],
    get: {
      description: 'read',
      operationId: 'readThing',
      parameters: [parameter('pretty', 'query')],
      responses: { '200': { description: 'OK', content }, '401': { description: 'Unauthorized' } },
      'x-kubernetes-action': 'get',
      'x-kubernetes-group-version-kind': gvk,
    },
    patch: {
      operationId: 'patchThing',
      requestBody: { content: { 'application/merge-patch+json': { schema: reference } }, required: true },
      responses: { '200': { description: 'OK', content } },
    },
  },
};

const everything: JsonObject = {
  type: 'object',
  description: 'Ünicode, \u2028 and 😀',
  required: ['spec'],
  properties: {
    spec: reference,
    list: { type: 'array', items: { type: 'string', enum: ['a', 'b\u2028\x7f'] }, maxItems: 3, minItems: 1 },
    map: { type: 'object', additionalProperties: { type: 'integer', format: 'int64', maximum: 1.5, minimum: -2 } },
    open: { type: 'object', additionalProperties: true, maxProperties: 9 },
    closed: { type: 'object', additionalProperties: false },
    text: { type: 'string', pattern: '^a+$', maxLength: 2 ** 40, default: 'a', example: { deep: [1, null, 'x'] } },
    exact: { type: 'number', multipleOf: 0.5, exclusiveMaximum: true, maximum: 3 },
    either: { 'x-kubernetes-int-or-string': true, externalDocs: { url: 'https://example.com' } },
    title: { title: 'T', type: 'boolean' },
  },
  'x-kubernetes-group-version-kind': [gvk],
  'x-kubernetes-preserve-unknown-fields': true,
};

describe('an OpenAPI v2 document in protobuf', () => {
  it('says what the one in JSON says', async () => {
    const { read, json } = await both(documentOf({ 'com.example.v1.Thing': everything }, paths));
    expect(read).toEqual(json);
  });

  it('joins the documents of all group versions, and takes what they share once', async () => {
    const one = documentOf({ shared: { type: 'object' }, one: { type: 'string' } }, paths);
    const two = documentOf({ shared: { type: 'object' }, two: { type: 'string' } });
    const { read, json } = await both(one, two);
    expect(read).toEqual(json);
    expect(Object.keys(Object(Object(read).definitions)).sort()).toEqual(['one', 'shared', 'two']);
  });

  it('keeps properties that are called like keywords, and values that look like schemas', async () => {
    const names = [
      'not',
      'oneOf',
      'anyOf',
      'allOf',
      'nullable',
      'x-y',
      '$ref',
      'items',
      'properties',
      '__proto__',
      'extensions',
    ];
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
    const value = { not: 1, $ref: '#/components/schemas/a', allOf: [{ $ref: 'x' }] };
    const { read, json } = await both(
      documentOf({ thing: { type: 'object', properties, not: { type: 'x' }, nullable: true, default: value } }),
    );
    expect(read).toEqual(json);
    const thing = Object(Object(Object(json).definitions).thing);
    expect(Object.keys(Object(thing.properties)).sort()).toEqual(names.sort());
    expect(thing.default).toEqual(value);
    expect(thing.not).toBeUndefined();
  });

  it('is right where it is larger than a piece', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 300 }, (_, at) => [`d${at}`, { type: 'string', description: 'x'.repeat(5_000) }]),
    );
    const { read, json } = await both(documentOf(many));
    expect(read).toEqual(json);
    expect(isObject(json) && Object.keys(Object(json['definitions']))).toHaveLength(300);
  });

  it('is right where it is empty', async () => {
    const { read, json } = await both();
    expect(read).toEqual(json);
  });
});
