import { beforeEach, describe, expect, it } from '@jest/globals';
import { parseJson } from '@kcp/api-machinery';
import type { TransportRequest } from '@kcp/http';
import { openCalls, type Calls } from './calls.ts';

const called = '/api/v1/namespaces/test/configmaps/called';
const headers = { authorization: 'Bearer secret' };
const upgrade = { protocol: 'websocket', subprotocols: ['v5.channel.k8s.io'] } as const;
const inProtocol = (token: string): string =>
  `base64url.bearer.authorization.k8s.io.${Buffer.from(token).toString('base64url')}`;

let calls: Calls;
beforeEach(async () => {
  calls = await openCalls();
});

async function ask(request: TransportRequest) {
  const answer = await calls.call({ headers, ...request });
  const text = (await answer.bytes()).toString();
  return { status: answer.status, headers: answer.headers, text, socket: answer.socket };
}

async function status(request: TransportRequest): Promise<string> {
  const answer = await ask(request);
  return `${answer.status} ${answer.text.startsWith('{') ? String(Object(parseJson(answer.text)).message) : answer.text}`;
}

describe('a call over a socket', () => {
  it('is answered by the sub-resource once everybody agreed', async () => {
    const answer = await ask({ target: `${called}/echo?command=a&command=b`, upgrade });
    expect([answer.status, answer.socket?.subprotocol]).toEqual([101, 'v5.channel.k8s.io']);
    expect(answer.headers).toMatchObject({ 'audit-id': 'an-id', 'x-own': 'yes' });
    const data = Buffer.from('hello');
    answer.socket?.send({ kind: 'binary', data });
    for await (const message of answer.socket ?? []) {
      expect(message).toEqual({ kind: 'binary', data });
      answer.socket?.close();
    }
    expect(calls.made).toEqual([
      expect.objectContaining({
        parent: expect.objectContaining({ kind: 'ConfigMap' }),
        options: { command: ['a', 'b'] },
        remainder: '',
        context: expect.objectContaining({ cluster: 'root', namespace: 'test', name: 'called' }),
      }),
    ]);
  });

  it('shows admission a CONNECT with the options', async () => {
    await ask({ target: `${called}/echo?command=a`, upgrade });
    expect(calls.admitted).toEqual([
      expect.objectContaining({
        operation: 'CONNECT',
        subresource: 'echo',
        name: 'called',
        object: { apiVersion: 'v1', kind: 'ConfigMapCallOptions', command: ['a'], metadata: {} },
      }),
    ]);
  });

  it('may be made by a token among the sub-protocols, which is never spoken', async () => {
    const subprotocols = [inProtocol('secret'), 'v4.channel.k8s.io'];
    const answer = await calls.call({ target: `${called}/echo`, upgrade: { ...upgrade, subprotocols } });
    expect([answer.status, answer.socket?.subprotocol]).toEqual([101, 'v4.channel.k8s.io']);
    expect(calls.made[0]?.subprotocols).toEqual(['v4.channel.k8s.io']);
  });

  it.each([
    ['a wrong token', [inProtocol('other'), 'a'], {}, 401],
    ['a token alone', [inProtocol('secret')], {}, 401],
    ['two tokens', [inProtocol('secret'), inProtocol('x'), 'a'], {}, 401],
    ['no token', ['a'], {}, 403],
    ['a wrong header, a right token', [inProtocol('secret'), 'a'], { authorization: 'Bearer other' }, 101],
    ['a right header, a wrong token', [inProtocol('other'), 'a'], headers, 101],
  ])('is answered where it shows %s', async (_name, subprotocols, own, expected) => {
    const answer = await calls.call({ target: `${called}/echo`, headers: own, upgrade: { ...upgrade, subprotocols } });
    expect(answer.status).toBe(expected);
    expect((await answer.bytes()).toString()).not.toContain(inProtocol('secret'));
    answer.socket?.close();
  });

  it('is refused where a page of another site asks with a certificate', async () => {
    const own = { ...headers, origin: 'https://elsewhere', host: 'here' };
    const answer = await calls.withCertificate({ target: `${called}/echo`, headers: own, upgrade });
    expect([answer.status, calls.made.length]).toEqual([403, 0]);
  });

  it.each([
    ['without an upgrade', { target: `${called}/echo` }, '400 Upgrade request required'],
    [
      'with an upgrade to SPDY',
      { target: `${called}/echo`, method: 'POST', headers: { ...headers, upgrade: 'SPDY/3.1' } },
      '400 unable to upgrade to "SPDY/3.1": only websocket is spoken here',
    ],
    ['of what is not there', { target: `${called}x/echo`, upgrade }, '404 configmaps "calledx" not found'],
    ['as a dry run', { target: `${called}/echo?dryRun=All`, upgrade }, '400 dryRun is not supported'],
    ['with wrong options', { target: `${called}/echo?bad=1`, upgrade }, '400 bad is not a parameter of calls'],
    [
      'with another method',
      { target: `${called}/echo`, method: 'PUT' },
      '405 the server does not allow this method on the requested resource',
    ],
    [
      'with a path that it does not take',
      { target: `${called}/echo/more`, upgrade },
      '404 the server could not find the requested resource',
    ],
    [
      'by the deprecated path of watches, for which another right is asked',
      { target: `/api/v1/watch/namespaces/test/configmaps/called/echo`, upgrade },
      '404 the server could not find the requested resource',
    ],
  ])('is refused %s', async (_name, request, expected) => {
    expect(await status(request)).toBe(expected);
  });
});

describe('a call that is passed on', () => {
  it.each([
    ['GET', 'get'],
    ['HEAD', 'get'],
    ['POST', 'create'],
    ['PUT', 'update'],
    ['PATCH', 'patch'],
    ['DELETE', 'delete'],
  ])('asks authorization for its method: %s is %s', async (method, verb) => {
    const answer = await ask({ target: `${called}/proxy/a`, method, body: Buffer.from('sent') });
    expect([answer.status, answer.text]).toEqual([299, method === 'HEAD' ? '' : 'sent']);
    expect(calls.asked).toEqual([
      expect.objectContaining({ kind: 'resource', verb, resource: 'configmaps', subresource: 'proxy', name: 'called' }),
    ]);
  });

  it('takes whatever Accept header and answers in whatever type', async () => {
    const answer = await ask({ target: `${called}/proxy/`, headers: { ...headers, accept: 'text/html' } });
    expect(answer.headers['content-type']).toBe('text/html');
  });

  it.each([
    ['', ''],
    ['/', '/'],
    ['/a/b', '/a/b'],
    ['/a/b/', '/a/b/'],
    ['/a%3Fb/%23', '/a%3Fb/%23'],
    ['/a%2Fb', '/a/b'],
    ['/ä', '/%C3%A4'],
  ])('gets the rest of the path, encoded: %j is %j', async (sent, expected) => {
    await ask({ target: `${called}/proxy${sent}` });
    expect(calls.made[0]?.remainder).toBe(expected);
  });

  it.each(['/../x', '/a/%2e%2e/x', '/.', '/a%2F..'])('is not led out of its path: %s', async (path) => {
    expect(await status({ target: `${called}/proxy${path}` })).toBe(
      '400 the path must not have the segments "." and ".."',
    );
    expect(calls.made).toEqual([]);
  });
});

describe('sub-resources of calls', () => {
  it('are listed by discovery with the verbs of their methods', async () => {
    const { text } = await ask({ target: '/api/v1' });
    const { resources } = parseJson(text) as unknown as { resources: { name: string }[] };
    expect(resources.filter(({ name }) => name.startsWith('configmaps/'))).toEqual([
      {
        name: 'configmaps/echo',
        singularName: '',
        namespaced: true,
        kind: 'ConfigMapCallOptions',
        verbs: ['create', 'get'],
      },
      {
        name: 'configmaps/proxy',
        singularName: '',
        namespaced: true,
        kind: 'ConfigMapCallOptions',
        verbs: ['create', 'delete', 'get', 'patch', 'update'],
      },
    ]);
  });

  it('have an operation for each method in OpenAPI, with and without a path', async () => {
    const { text } = await ask({ target: '/openapi/v3/api/v1' });
    const { paths } = parseJson(text) as unknown as { paths: Record<string, Record<string, { operationId?: string }>> };
    const base = '/api/v1/namespaces/{namespace}/configmaps/{name}';
    expect(Object.keys(paths).filter((path) => path.includes('/echo') || path.includes('/proxy'))).toEqual([
      `${base}/echo`,
      `${base}/proxy`,
      `${base}/proxy/{path}`,
    ]);
    expect(paths[`${base}/echo`]?.['get']).toMatchObject({
      operationId: 'connectCoreV1GetNamespacedConfigMapEcho',
      'x-kubernetes-action': 'connect',
    });
    expect(paths[`${base}/proxy/{path}`]?.['delete']?.operationId).toBe(
      'connectCoreV1DeleteNamespacedConfigMapProxyWithPath',
    );
  });
});
