import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import type { LoopbackClient } from '@kcp/kcp';
import { startTestServer, type TestServer } from '@kcp/testing';
import { refusal } from './fixture.ts';

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const widgets = '/apis/example.com/v1/widgets';

let server: TestServer;
let client: LoopbackClient;

beforeAll(async () => {
  server = await startTestServer();
  client = server.client('rules');
  await client.create(definitions, definition('widgets', ranges));
  await established('widgets');
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const number = { type: 'integer' };
const ranges: JsonObject = {
  type: 'object',
  properties: {
    min: number,
    max: number,
    fixed: {
      type: 'string',
      maxLength: 20,
      'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'is immutable', reason: 'FieldValueForbidden' }],
    },
  },
  'x-kubernetes-validations': [
    {
      rule: '!has(self.min) || !has(self.max) || self.min <= self.max',
      messageExpression: '"min is above " + (self.max == 1 ? "one" : "max")',
      fieldPath: '.min',
    },
  ],
};

function definition(plural: string, spec: JsonObject): JsonObject {
  const level = { ...number, 'x-kubernetes-validations': [{ rule: 'self >= oldSelf', message: 'may not fall' }] };
  const status = { type: 'object', properties: { level } };
  const openAPIV3Schema = { type: 'object', properties: { spec, status } };
  const version = {
    name: 'v1',
    served: true,
    storage: true,
    subresources: { status: {} },
    schema: { openAPIV3Schema },
  };
  const kind = plural.slice(0, 1).toUpperCase() + plural.slice(1, -1);
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.example.com` },
    spec: { group: 'example.com', scope: 'Cluster', names: { plural, kind }, versions: [version] },
  };
}

async function established(plural: string): Promise<void> {
  const query = { fieldSelector: `metadata.name=${plural}.example.com` };
  for await (const event of client.watch(definitions, query)) {
    if (/\{[^{}]*"type":"Established"[^{}]*\}/.exec(JSON.stringify(event))?.[0].includes('"status":"True"')) return;
  }
}

function widget(name: string, spec: JsonObject): JsonObject {
  return { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name }, spec };
}

/** What a write was refused with: the code, then each cause. */
async function causes(write: Promise<unknown>): Promise<readonly string[]> {
  const { code, details } = await refusal(write);
  return [String(code), ...(details?.causes ?? []).map(({ field, message }) => `${field}: ${message}`)];
}

const reversed = ['422', 'spec.min: Invalid value: min is above one'];

describe('rules of a custom kind', () => {
  it('hold for every kind of write', async () => {
    expect(await causes(client.create(widgets, widget('bad', { min: 5, max: 1 })))).toEqual(reversed);
    const stored = await client.create(widgets, widget('one', { min: 1, max: 3, fixed: 'a' }));
    expect(await causes(client.patch(`${widgets}/one`, { spec: { min: 5, max: 1 } }))).toEqual(reversed);
    expect(await causes(client.replace(`${widgets}/one`, { ...stored, spec: { min: 5, max: 1 } }))).toEqual(reversed);
    const applied = client.request(`${widgets}/new`, {
      method: 'PATCH',
      body: widget('new', { min: 5, max: 1 }),
      contentType: 'application/apply-patch+yaml',
      query: { fieldManager: 'tester' },
    });
    expect(await causes(applied)).toEqual(reversed);
  });

  it('compare with what is stored', async () => {
    await client.create(widgets, widget('two', { fixed: 'a' }));
    expect(await causes(client.patch(`${widgets}/two`, { spec: { fixed: 'b' } }))).toEqual([
      '422',
      'spec.fixed: Forbidden: is immutable',
    ]);
    await client.patch(`${widgets}/two/status`, { status: { level: 2 } });
    expect(await causes(client.patch(`${widgets}/two/status`, { status: { level: 1 } }))).toEqual([
      '422',
      'status.level: Invalid value: 1: may not fall',
    ]);
  });

  it('wait until the object has the form that its schema asks for', async () => {
    expect(await causes(client.create(widgets, widget('odd', { min: 'x', max: 1 })))).toEqual([
      '422',
      'spec.min: Invalid value: "string": spec.min in body must be of type integer: "string"',
      '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
    ]);
  });

  it('are compiled when the definition is written', async () => {
    const rules = [{ rule: 'self.size() > 0' }];
    const wrong = definition('gadgets', {
      type: 'object',
      properties: { a: { ...number, 'x-kubernetes-validations': rules } },
    });
    const [code, cause] = await causes(client.create(definitions, wrong));
    expect(code).toBe('422');
    expect(cause).toMatch(
      /^spec\.validation\..*\.rule: .*compilation failed: ERROR: <input>:1:10: found no matching overload/s,
    );
  });

  it('are compiled by the workers where there are many', async () => {
    const rules = Array.from({ length: 60 }, (_, at) => ({ rule: at === 59 ? 'self == other' : `self != ${at}` }));
    const many = definition('gadgets', {
      type: 'object',
      properties: { a: { ...number, 'x-kubernetes-validations': rules } },
    });
    const [, cause, ...more] = await causes(client.create(definitions, many));
    expect(cause).toContain("undeclared reference to 'other'");
    expect(more).toEqual([]);
  });
});
