import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { parseJson } from '@kcp/api-machinery';
import type { LoopbackClient } from '@kcp/kcp';
import { startTestServer, type TestServer } from '@kcp/testing';
import { KubeConfig } from '@kubernetes/client-node';
import { WebSocket } from 'ws';

const maps = '/api/v1/namespaces/demo/configmaps';
const inProtocol = (token: string): string =>
  `base64url.bearer.authorization.k8s.io.${Buffer.from(token).toString('base64url')}`;

interface Told {
  readonly type: string;
  readonly object: { readonly kind: string; readonly code?: number; readonly metadata: { readonly name?: string } };
}

/** What a socket says: events as `TYPE name`, and how it ended. */
class Listener {
  readonly socket: WebSocket;
  readonly events: string[] = [];
  readonly kinds: boolean[] = [];
  readonly closed: Promise<string>;
  #look: () => void = () => {};

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('message', (data: Buffer, binary) => {
      this.kinds.push(binary);
      this.events.push(binary ? data.toString('latin1') : line(data));
      this.#look();
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve(`${code} ${String(reason)}`));
    });
  }

  /** Resolves once so many events came. */
  async until(count: number): Promise<readonly string[]> {
    while (this.events.length < count) await new Promise<void>((resolve) => (this.#look = resolve));
    return this.events;
  }
}

function line(data: Buffer): string {
  const { type, object } = parseJson(data.toString('utf8')) as unknown as Told;
  return `${type} ${object.code ?? object.metadata.name ?? object.kind}`;
}

describe('a watch over a WebSocket', () => {
  let server: TestServer;
  let client: LoopbackClient;

  beforeAll(async () => {
    server = await startTestServer();
    client = server.client('sockets');
    await client.create('/api/v1/namespaces', { metadata: { name: 'demo' } });
    await client.create(maps, { metadata: { name: 'a', labels: { app: 'x' } }, data: { k: 'v' } });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  const open = (query: string, { headers = {}, subprotocols = [] as string[], path = maps } = {}): Listener => {
    const url = `${server.url.replace('https:', 'wss:')}/clusters/sockets${path}?watch=1&${query}`;
    return new Listener(new WebSocket(url, subprotocols, { ca: server.server.certificateAuthority, headers }));
  };
  const admin = { authorization: 'Bearer admin-token' };
  const refused = async ({ socket }: Listener): Promise<number> => {
    const [, response]: { statusCode: number }[] = await once(socket, 'unexpected-response');
    socket.terminate();
    return response?.statusCode ?? 0;
  };

  it('tells the present and every change, a text message each, and ends in order', async () => {
    const watch = open('fieldSelector=metadata.name%3Db', { headers: admin });
    await once(watch.socket, 'open');
    await client.create(maps, { metadata: { name: 'b' } });
    await client.patch(`${maps}/b`, { data: { k: 'v' } });
    await client.delete(`${maps}/b`);
    expect(await watch.until(3)).toEqual(['ADDED b', 'MODIFIED b', 'DELETED b']);
    expect(watch.kinds).toEqual([false, false, false]);
    watch.socket.close();
    expect(await watch.closed).toMatch(/^1005/);
  });

  it('ends with 1000 after its time-out, with a bookmark where asked for', async () => {
    const watch = open('timeoutSeconds=1&allowWatchBookmarks=true&labelSelector=app%3Dx', { headers: admin });
    expect(await watch.closed).toBe('1000 ');
    expect(watch.events).toEqual(['ADDED a', 'BOOKMARK ConfigMap']);
  });

  it('is in binary messages, without the length of streams, where protobuf is negotiated', async () => {
    const headers = { ...admin, accept: 'application/vnd.kubernetes.protobuf' };
    const watch = open('timeoutSeconds=1&labelSelector=app%3Dx', { headers });
    await watch.until(1);
    expect(watch.kinds).toEqual([true]);
    expect(watch.events[0]).toMatch(/^\x0a\x05ADDED\x12/);
  });

  it('tells a revision that is gone or not there yet as an event', async () => {
    const watch = open('resourceVersion=999999999&sendInitialEvents=true&resourceVersionMatch=NotOlderThan', {
      headers: admin,
    });
    expect((await watch.until(1))[0]).toMatch(/^ERROR 504/);
    expect(await watch.closed).toBe('1000 ');
  });

  it('takes a token among the sub-protocols, and speaks another one', async () => {
    const subprotocols = [inProtocol('admin-token'), 'base64.binary.k8s.io'];
    const watch = open('timeoutSeconds=1&labelSelector=app%3Dx', { subprotocols });
    await watch.until(1);
    expect(watch.socket.protocol).toBe('base64.binary.k8s.io');
    expect(await watch.closed).toBe('1000 ');
  });

  it('is refused in HTTP where the caller is nobody, or may not', async () => {
    expect(await refused(open('', { subprotocols: [inProtocol('wrong'), 'a'] }))).toBe(401);
    expect(await refused(open('', { subprotocols: [inProtocol('user-1-token'), 'a'] }))).toBe(403);
    expect(await refused(open('', {}))).toBe(403);
    expect(await refused(open('', { headers: { ...admin, origin: 'null' } }))).toBe(403);
    expect(await refused(open('labelSelector=,,', { headers: admin }))).toBe(400);
    expect(await refused(open('', { headers: admin, path: '/apis/none.example.com/v1/things' }))).toBe(404);
  });

  it('impersonates as every request does', async () => {
    const headers = { ...admin, 'impersonate-user': 'user-1' };
    expect(await refused(open('', { headers }))).toBe(403);
  });

  it('is answered as ever where the path is no watch', async () => {
    const url = `${server.url.replace('https:', 'wss:')}/clusters/sockets${maps}/a`;
    const get = new Listener(new WebSocket(url, { ca: server.server.certificateAuthority, headers: admin }));
    expect(await refused(get)).toBe(200);
  });

  it('is reached with the credentials and sub-protocols of @kubernetes/client-node', async () => {
    const config = new KubeConfig();
    config.loadFromFile(await server.kubeconfig('sockets'));
    const options = {};
    await config.applyToHTTPSOptions(options);
    const url = `${config.getCurrentCluster()?.server.replace('https:', 'wss:')}${maps}?watch=1&labelSelector=app%3Dx`;
    const watch = new Listener(new WebSocket(url, ['v5.channel.k8s.io', 'v4.channel.k8s.io'], options));
    expect(await watch.until(1)).toEqual(['ADDED a']);
    expect(watch.socket.protocol).toBe('v5.channel.k8s.io');
    watch.socket.close();
    await watch.closed;
  });

  it('gives up a client that does not read, and tells it so', async () => {
    const watch = open('labelSelector=app%3Dslow', { headers: admin });
    await once(watch.socket, 'open');
    watch.socket.pause();
    const data = { k: 'x'.repeat(900_000) };
    await client.create(maps, { metadata: { name: 'slow', labels: { app: 'slow' } }, data });
    for (let at = 0; at < 40; at += 1)
      await client.patch(`${maps}/slow`, { metadata: { annotations: { at: String(at) } } });
    watch.socket.resume();
    expect(await watch.closed).toBe('1000 ');
    expect(watch.events.at(-1)).toBe('ERROR 410');
    expect(watch.events.length).toBeLessThan(41);
  });

  it('ends with 1001 where the server stops', async () => {
    await using other = await startTestServer();
    const url = `${other.url.replace('https:', 'wss:')}/clusters/root/api/v1/namespaces?watch=1`;
    const watch = new Listener(new WebSocket(url, { ca: other.server.certificateAuthority, headers: admin }));
    await watch.until(1);
    await other.server.stop();
    expect(await watch.closed).toMatch(/^1001/);
  });
});
