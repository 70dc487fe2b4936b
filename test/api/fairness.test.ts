import { once } from 'node:events';
import { request as httpsRequest } from 'node:https';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogicalCluster, startTestServer, type TestServer } from '@kcp/testing';

type User = 'user-1' | 'user-2' | 'user-3';

const MAPS = '/api/v1/namespaces/default/configmaps';
/** Four seats; a logical cluster may hold two of them, a user one. */
const FEW = { readingInflight: 2, mutatingInflight: 2, clusterShare: 0.5, userShare: 0.5 };

let server: TestServer;

/** Makes a logical cluster in which users may do everything. */
async function give(cluster: string, ...users: readonly User[]): Promise<void> {
  const client = server.client(cluster);
  await createLogicalCluster(client);
  await client.create('/api/v1/namespaces', { metadata: { name: 'default' } });
  await client.create(MAPS, { metadata: { name: 'a' } });
  await client.create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    metadata: { name: 'owners' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: users.map((name) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name })),
  });
}

interface Held {
  /** Sends the body; the status of the answer. */
  finish(): Promise<number>;
  /** The client goes away. */
  abandon(): void;
}

/** A request that has its seat, and does not end until its body is sent. */
async function hold(cluster: string, user: User, name: string): Promise<Held> {
  const body = JSON.stringify({ metadata: { name } });
  const outgoing: ClientRequest = httpsRequest(`${server.url}/clusters/${cluster}${MAPS}`, {
    method: 'POST',
    agent: false,
    ca: server.server.certificateAuthority,
    headers: {
      authorization: `Bearer ${server.tokenOf(user)}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      expect: '100-continue',
    },
  });
  outgoing.flushHeaders();
  // the body is asked for by who has a seat
  await once(outgoing, 'continue');
  return {
    abandon: () => void outgoing.on('error', () => {}).destroy(),
    finish: async () => {
      outgoing.end(body);
      const [answer]: IncomingMessage[] = await once(outgoing, 'response');
      answer?.resume();
      return answer?.statusCode ?? 0;
    },
  };
}

const read = (cluster: string, user: User) => server.wire(cluster, user).request(`${MAPS}/a`);

afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

describe('a user who holds all that it may', () => {
  beforeEach(async () => {
    server = await startTestServer({ fairness: { limits: FEW } });
    await give('red', 'user-1', 'user-2');
    await give('blue', 'user-3');
  });

  it('waits until it gave something back; nobody else waits', async () => {
    const held = await hold('red', 'user-1', 'first');
    const order: string[] = [];
    const waiting = read('red', 'user-1').then(({ status }) => order.push(`same user ${status}`));
    order.push(`other user ${(await read('red', 'user-2')).status}`);
    order.push(`other cluster ${(await read('blue', 'user-3')).status}`);
    expect(await held.finish()).toBe(201);
    await waiting;
    expect(order).toEqual(['other user 200', 'other cluster 200', 'same user 200']);
  });

  it('does not hold up the admin, nor the question whether the server lives', async () => {
    const holds = [
      await hold('red', 'user-1', 'first'),
      await hold('red', 'user-2', 'second'),
      await hold('blue', 'user-3', 'third'),
    ];
    expect((await server.wire('red').request(`${MAPS}/a`)).status).toBe(200);
    expect((await server.wire('red', 'user-1').request('/livez')).status).toBe(200);
    for (const held of holds) expect(await held.finish()).toBe(201);
  });

  it('that goes away gives its seat back', async () => {
    const held = await hold('red', 'user-1', 'first');
    const waiting = read('red', 'user-1');
    held.abandon();
    expect((await waiting).status).toBe(200);
  });
});

describe('a stranger', () => {
  it('uses nothing up of a logical cluster in which it has no rights', async () => {
    server = await startTestServer({ fairness: { limits: { ...FEW, waitingPerUser: 0, turnMs: 0 } } });
    await give('red', 'user-1');
    await give('blue', 'user-3');
    const asked = await Promise.all(Array.from({ length: 50 }, () => read('blue', 'user-1')));
    expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([403]));
    expect((await read('blue', 'user-3')).status).toBe(200);
  });
});

describe('beyond what may wait', () => {
  it('requests are answered 429 with a Retry-After, in the words of a Status, and the connection stays', async () => {
    server = await startTestServer({ fairness: { limits: { ...FEW, waitingPerUser: 0 } } });
    await give('red', 'user-1', 'user-2');
    const held = await hold('red', 'user-1', 'first');
    const wire = server.wire('red', 'user-1');
    const { status, headers, object } = await wire.request(`${MAPS}/a`);
    expect(status).toBe(429);
    expect(headers['retry-after']).toBe('1');
    expect(headers.connection).toBe('keep-alive');
    expect(object).toMatchObject({ kind: 'Status', reason: 'TooManyRequests', details: { retryAfterSeconds: 1 } });
    expect((await read('red', 'user-2')).status).toBe(200);
    expect(await held.finish()).toBe(201);
    expect((await wire.request(`${MAPS}/a`)).status).toBe(200);
  });
});

describe('a watch', () => {
  it('holds its seat until the present is told', async () => {
    server = await startTestServer({ fairness: { limits: FEW } });
    await give('red', 'user-1');
    using watch = await server.wire('red', 'user-1').watch(`${MAPS}?watch=true&fieldSelector=metadata.name%3Da`);
    expect(await watch.take(1)).toMatchObject([{ type: 'ADDED', object: { metadata: { name: 'a' } } }]);
    expect((await read('red', 'user-1')).status).toBe(200);
    await server.client('red').patch(`${MAPS}/a`, { data: { k: 'v' } });
    expect(await watch.take(1)).toMatchObject([{ type: 'MODIFIED', object: { data: { k: 'v' } } }]);
  });

  it('too many is answered 429, and may be opened once another one ends', async () => {
    const watches = { perUser: 1, perCluster: 10, total: 10 };
    server = await startTestServer({ fairness: { limits: { watches } } });
    await give('red', 'user-1', 'user-2');
    const path = `${MAPS}?watch=true&timeoutSeconds=0`;
    const open = await server.wire('red', 'user-1').watch(`${MAPS}?watch=true`);
    const refused = await server.wire('red', 'user-1').request(path);
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('10');
    expect(refused.object['message']).toContain('too many watches are open by this user in this logical cluster');
    expect((await server.wire('red', 'user-2').request(path)).status).toBe(200);
    open[Symbol.dispose]();
    let { status } = refused;
    // the server sees that the client is gone when its connection says so
    for (let at = 0; at < 200 && status === 429; at += 1)
      ({ status } = await server.wire('red', 'user-1').request(path));
    expect(status).toBe(200);
  });
});

describe('without fairness', () => {
  it('so many requests are under way, whoever makes them; more are answered 429', async () => {
    const limits = { readingInflight: 1, mutatingInflight: 1 };
    server = await startTestServer({ fairness: { enabled: false, limits } });
    await give('red', 'user-1', 'user-2');
    const held = await hold('red', 'user-1', 'first');
    const body = { metadata: { name: 'second' } };
    const refused = await server.wire('red', 'user-2').request(MAPS, { method: 'POST', body });
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('1');
    expect((await read('red', 'user-2')).status).toBe(200);
    expect(await held.finish()).toBe(201);
    expect((await server.wire('red', 'user-2').request(MAPS, { method: 'POST', body })).status).toBe(201);
  });
});

describe('headers that name the flow and its level', () => {
  it('are there and empty, as they are where neither is an object', async () => {
    server = await startTestServer();
    for (const path of ['/api/v1/namespaces', '/api/v1/namespaces/none', '/none', '/api']) {
      const { headers } = await server.wire('root').request(path);
      expect(headers['x-kubernetes-pf-flowschema-uid']).toBe('');
      expect(headers['x-kubernetes-pf-prioritylevel-uid']).toBe('');
    }
  });
});
