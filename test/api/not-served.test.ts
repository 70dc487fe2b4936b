import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer, type Wire } from '@kcp/testing';
import { kindAt, ruledDefinitionAt } from '../hardening/ruled-definition.ts';
import { sendOne, until } from '../hardening/wire-steps.ts';

let server: TestServer;
let wire: Wire;
beforeAll(async () => {
  server = await startTestServer();
  wire = server.wire('own');
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  await sendOne(wire, definitions, { method: 'POST', body: ruledDefinitionAt(0) }, 201);
  await until(10_000, async () => (await wire.request(kindAt(0).collection)).status === 200);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const STATUS = { kind: 'Status', reason: 'NotFound', message: 'the server could not find the requested resource' };

describe('a resource that is not served', () => {
  it.each([
    '/api/v1/nothings',
    '/apis/rbac.authorization.k8s.io/v1/nothings',
    '/apis/apiextensions.k8s.io/v1/nothings',
  ])('is told in a Status where the group is built in: %s', async (path) => {
    const { status, object } = await wire.request(path);
    expect([status, object]).toEqual([404, expect.objectContaining(STATUS)]);
  });

  it.each(['/apis/nowhere.example.com/v1/nothings', `/apis/${kindAt(0).group}/v1/nothings`])(
    'is told in a plain text where it is a custom one, or none: %s',
    async (path) => {
      const { status, text } = await wire.request(path);
      expect([status, text]).toEqual([404, '404 page not found\n']);
    },
  );
});
