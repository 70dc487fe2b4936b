import { describe, expect, it } from '@jest/globals';
import { ApiError } from '@kcp/api-machinery';
import type { Authenticator } from '@kcp/auth';
import { inProcess, type Peer, type Response, type Transport, type TransportRequest } from '@kcp/http';
import { silentLogger } from '@kcp/telemetry';
import { surfaceDoor } from './surface-door.ts';

const PATH = '/services/workspaces/*/all/apis';

interface Seen {
  readonly sender: TransportRequest[];
  readonly door: TransportRequest[];
}

/** A door before a server that writes down what comes. */
function door(answer: Transport, certificates?: Authenticator): { readonly send: Transport; readonly seen: Seen } {
  const seen: Seen = { sender: [], door: [] };
  const noting = (into: TransportRequest[]): Transport => {
    return (request) => {
      into.push(request);
      return answer(request);
    };
  };
  const behind = { asSender: noting(seen.sender), asDoor: noting(seen.door) };
  const peer: Peer = {
    address: 'here',
    certificate: certificates === undefined ? undefined : new Uint8Array([1]),
    connection: {},
  };
  return { send: inProcess(surfaceDoor({ behind, certificates, logger: silentLogger }), { peer }), seen };
}

const ok: Response = {
  status: 200,
  headers: { 'content-type': 'application/json', connection: 'close', 'audit-id': 'a' },
  body: Buffer.from('{}'),
};
const agrees: Transport = inProcess(() => ok);
const knows: Authenticator = () => ({
  kind: 'authenticated',
  user: {
    name: 'ann',
    uid: '7',
    groups: [
      'team',
      'system:masters',
      'system:kcp:logical-cluster-admin',
      'system:kcp:initializer:root:x',
      'system:authenticated',
    ],
    extra: { 'a/b': ['c'] },
  },
});

describe('a door to the surfaces of a server', () => {
  it('passes on what somebody sends, and the answer', async () => {
    const { send, seen } = door(agrees);
    const answer = await send({
      target: `${PATH}?limit=1`,
      headers: { authorization: 'Bearer t', 'x-remote-user': 'admin' },
    });
    expect([answer.status, (await answer.bytes()).toString(), answer.headers]).toEqual([
      200,
      '{}',
      { 'content-type': 'application/json', 'audit-id': 'a' },
    ]);
    expect(seen.door).toEqual([]);
    expect(seen.sender).toMatchObject([
      { method: 'GET', target: `${PATH}?limit=1`, headers: { authorization: 'Bearer t' } },
    ]);
    expect(Object.keys(seen.sender[0]?.headers ?? {})).toEqual(['authorization']);
  });

  it('passes bodies on', async () => {
    const { send, seen } = door(agrees);
    await send({ method: 'POST', target: PATH, body: Buffer.from('{"a":1}') });
    expect(String(seen.sender[0]?.body)).toBe('{"a":1}');
  });

  it('asks for the holder of a certificate in its own name, without what is for servers', async () => {
    const { send, seen } = door(agrees, knows);
    await send({ target: PATH, headers: { authorization: 'Bearer other' } });
    expect(seen.sender).toEqual([]);
    expect(seen.door[0]?.headers).toEqual({
      'impersonate-user': 'ann',
      'impersonate-uid': '7',
      'impersonate-group': ['team', 'system:authenticated'],
      'impersonate-extra-a%2Fb': ['c'],
    });
  });

  it('lets nobody who is known by a certificate be somebody else', async () => {
    const { send, seen } = door(agrees, knows);
    for (const header of ['impersonate-user', 'impersonate-group', 'impersonate-uid', 'impersonate-extra-x'])
      expect((await send({ target: PATH, headers: { [header]: 'admin' } })).status).toBe(403);
    expect(seen).toEqual({ sender: [], door: [] });
  });

  it('refuses a certificate that is no good', async () => {
    const { send, seen } = door(agrees, () => ({ kind: 'refused', why: 'expired' }));
    expect((await send({ target: PATH })).status).toBe(401);
    expect(seen).toEqual({ sender: [], door: [] });
  });

  it.each([
    '/',
    '/api/v1/namespaces',
    '/clusters/root/api',
    '/services',
    '/metrics',
    '/version',
    '//services/a',
    '/clusters/root/services/a',
  ])('leads nowhere else: %s', async (target) => {
    const { send, seen } = door(agrees);
    expect((await send({ target })).status).toBe(404);
    expect(seen.sender).toEqual([]);
  });

  it('is alive by itself, and ready where the server is', async () => {
    const { send } = door(() => Promise.reject(new Error('down')));
    expect((await send({ target: '/livez' })).status).toBe(200);
    expect((await send({ target: '/readyz' })).status).toBe(503);
    expect((await door(agrees).send({ target: '/readyz' })).status).toBe(200);
  });

  it('says when the server cannot be reached, and no more', async () => {
    const { send } = door(() => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.1')));
    const answer = await send({ target: PATH });
    expect(answer.status).toBe(503);
    expect((await answer.bytes()).toString()).not.toContain('10.0.0.1');
  });

  it('tells refusals as they are', async () => {
    const refuses: Transport = inProcess(() => Promise.reject(new ApiError('BadRequest', 'no')));
    expect((await door(refuses).send({ target: PATH })).status).toBe(400);
  });

  it('passes a stream on as it comes, and ends it behind where the caller goes', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const streaming: Transport = inProcess(() => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: async (sink) => {
        sink.onClose(resolve);
        sink.write(Buffer.from('first'));
        await closed;
      },
    }));
    const { send } = door(streaming);
    const answer = await send({ target: `${PATH}?watch=1` });
    for await (const part of answer.body) {
      expect(Buffer.from(part).toString()).toBe('first');
      break;
    }
    await closed;
  });
});
