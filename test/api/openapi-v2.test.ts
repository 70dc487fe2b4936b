import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer, type Wire } from '@kcp/testing';

const JSON_TYPE = 'application/json';
const PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
const OLD_PROTOBUF = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

describe('/openapi/v2', () => {
  let server: TestServer;
  let wire: Wire;

  beforeAll(async () => {
    server = await startTestServer();
    wire = server.wire('root');
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  const ask = (accept: string, more: Readonly<Record<string, string>> = {}) =>
    wire.request('/openapi/v2', { headers: { accept, ...more } });

  const established = async (name: string): Promise<void> => {
    const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    for await (const event of server.client('root').watch(definitions, { fieldSelector: `metadata.name=${name}` }))
      if (/\{[^{}]*"type":"Established"[^{}]*\}/.exec(JSON.stringify(event))?.[0].includes('"status":"True"')) return;
  };

  it.each([
    ['', JSON_TYPE],
    ['*/*', JSON_TYPE],
    ['application/*', JSON_TYPE],
    [JSON_TYPE, JSON_TYPE],
    [PROTOBUF, PROTOBUF],
    [OLD_PROTOBUF, PROTOBUF],
    [`${OLD_PROTOBUF};q=0.5, ${JSON_TYPE}`, JSON_TYPE],
    [`text/html, ${OLD_PROTOBUF}, ${JSON_TYPE};q=0.9`, PROTOBUF],
  ])('asked for %s is %s', async (accept, type) => {
    const { status, headers } = await ask(accept);
    expect([status, headers['content-type'], headers.vary]).toEqual([200, type, 'Accept']);
  });

  it('is refused in a form that it does not have', async () => {
    expect((await ask('application/xml')).status).toBe(406);
  });

  it.each([JSON_TYPE, OLD_PROTOBUF])('as %s need not be sent twice, until a definition comes', async (accept) => {
    const { headers } = await ask(accept);
    const known = { 'if-none-match': String(headers.etag) };
    expect((await ask(accept, known)).status).toBe(304);
    const plural = accept === JSON_TYPE ? 'stones' : 'bones';
    await server.client('root').create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      metadata: { name: `${plural}.example.com` },
      spec: {
        group: 'example.com',
        scope: 'Cluster',
        names: { plural, kind: plural === 'bones' ? 'Bone' : 'Stone' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    });
    await established(`${plural}.example.com`);
    expect((await ask(accept, known)).status).toBe(200);
  });
});
