import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect as connectHttp2 } from 'node:http2';
import type { Handler, Peer, Request } from './exchange.ts';
import { inProcess } from './in-process.ts';
import { openDoor } from './test-door.ts';
import type { TestDoor } from './test-door.ts';
import type { Transport } from './transport.ts';

const seen: { connections: object[]; peers: Peer[] } = { connections: [], peers: [] };

const routes: Record<string, Handler> = {
  '/hello': () => ({ status: 200, headers: { 'content-type': 'text/plain' }, body: Buffer.from('hello') }),
  '/later': async () => ({
    status: 201,
    headers: { 'x-two': ['a', 'b'] },
    body: [Buffer.from('la'), Buffer.from('ter')],
  }),
  '/empty': () => ({ status: 200, headers: {} }),
  '/gone': () => ({ status: 204, headers: {}, body: Buffer.from('never sent') }),
  '/large': () => ({
    status: 200,
    headers: {},
    body: Array.from({ length: 5000 }, (_, i) => Buffer.alloc(1000, i % 251)),
  }),
  '/echo': async (request) => ({ status: 200, headers: {}, body: await request.body(1 << 20) }),
  '/request': (request) => ({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(described(request))) }),
  '/stream': () => ({
    status: 200,
    headers: {},
    body: async (sink) => {
      sink.write(Buffer.from('one '));
      sink.write(Buffer.alloc(0));
      await Promise.resolve();
      sink.write(Buffer.from('two'));
    },
  }),
  '/throws': () => {
    throw new Error('a secret of the inside');
  },
  '/rejects': () => Promise.reject(new Error('a secret of the inside')),
  '/bad-header': () => ({ status: 200, headers: { 'x-bad': 'line\nbreak' } }),
  '/breaks': () => ({
    status: 200,
    headers: {},
    body: async (sink) => {
      sink.write(Buffer.from('half'));
      throw new Error('broken inside');
    },
  }),
};

const handler: Handler = (request) => {
  seen.peers.push(request.peer);
  return routes[request.path]?.(request) ?? { status: 404, headers: {} };
};

function described(request: Request) {
  return {
    method: request.method,
    path: request.path,
    query: request.query,
    one: request.header('x-one'),
    repeated: request.header('x-repeated'),
    lines: [...request.headers()].filter(([name]) => name === 'x-repeated'),
    trap: request.header('constructor') ?? request.header('__proto__') ?? 'nothing',
  };
}

let test: TestDoor;
beforeAll(async () => {
  test = await openDoor(handler);
});
afterAll(async () => {
  await test[Symbol.asyncDispose]();
});

const transports: [name: string, open: () => Transport][] = [
  ['HTTP/1.1', () => test.http1()],
  ['HTTP/2', () => test.http2()],
  ['in process', () => inProcess(handler)],
];

describe.each(transports)('a handler over %s', (name, open) => {
  let call: Transport;
  beforeAll(() => {
    call = open();
  });

  it('answers with bytes, at once or later', async () => {
    const hello = await call({ target: '/hello' });
    expect(hello.status).toBe(200);
    expect(hello.headers['content-type']).toBe('text/plain');
    expect(String(await hello.bytes())).toBe('hello');
    const later = await call({ target: '/later' });
    expect(later.status).toBe(201);
    expect([later.headers['x-two']].flat().join(', ')).toBe('a, b');
    expect(String(await later.bytes())).toBe('later');
  });

  it('answers without a body', async () => {
    for (const [target, status] of [
      ['/empty', 200],
      ['/missing', 404],
    ] as const) {
      const answer = await call({ target });
      expect(answer.status).toBe(status);
      expect(await answer.bytes()).toHaveLength(0);
    }
  });

  it('sends many small pieces as the one body they are', async () => {
    const body = await (await call({ target: '/large' })).bytes();
    expect(body).toHaveLength(5_000_000);
    expect(body.equals(Buffer.concat(Array.from({ length: 5000 }, (_, i) => Buffer.alloc(1000, i % 251))))).toBe(true);
  });

  it('streams', async () => {
    expect(String(await (await call({ target: '/stream' })).bytes())).toBe('one two');
  });

  it('answers HEAD with the headers only', async () => {
    for (const target of ['/hello', '/stream']) {
      const answer = await call({ target, method: 'HEAD' });
      expect(answer.status).toBe(200);
      expect(await answer.bytes()).toHaveLength(0);
    }
  });

  it('reads bodies, small, large and none', async () => {
    for (const size of [0, 10, 900_000]) {
      const body = Buffer.alloc(size, 'b');
      const answer = await call({ target: '/echo', method: 'POST', ...(size > 0 && { body }) });
      expect((await answer.bytes()).equals(body)).toBe(true);
    }
  });

  it('shows path, query and headers as sent', async () => {
    const answer = await call({
      target: '/request?limit=5&labelSelector=a%3Db?',
      headers: { 'x-one': '1', 'x-repeated': ['a, b', 'c'] },
    });
    expect(JSON.parse(String(await answer.bytes()))).toEqual({
      method: 'GET',
      path: '/request',
      query: 'limit=5&labelSelector=a%3Db?',
      one: '1',
      repeated: 'a, b, c',
      lines: [
        ['x-repeated', 'a, b'],
        ['x-repeated', 'c'],
      ],
      trap: 'nothing',
    });
  });

  it('breaks off an answer whose stream fails', async () => {
    const answer = await call({ target: '/breaks' });
    await expect(answer.bytes()).rejects.toThrow();
  });

  if (name === 'in process') return;

  it('hides why a handler failed, and logs it', async () => {
    // HTTP/2 has no lines that a header could break.
    const targets = name === 'HTTP/2' ? ['/throws', '/rejects'] : ['/throws', '/rejects', '/bad-header'];
    for (const target of targets) {
      test.errors.length = 0;
      const answer = await call({ target });
      expect(answer.status).toBe(500);
      const status = String(await answer.bytes());
      expect(JSON.parse(status)).toMatchObject({ kind: 'Status', reason: 'InternalError', code: 500 });
      expect(status).not.toContain('secret');
      expect(test.errors).toHaveLength(1);
      expect(test.errors[0]).toHaveProperty('error.stack');
    }
  });

  it('says how long a body is, and nothing where none may be', async () => {
    expect((await call({ target: '/hello' })).headers['content-length']).toBe('5');
    expect((await call({ target: '/hello', method: 'HEAD' })).headers['content-length']).toBe('5');
    expect((await call({ target: '/gone' })).headers['content-length']).toBeUndefined();
  });

  it('refuses a target that names no path', async () => {
    const answer = await call({ target: '*', method: 'OPTIONS' });
    expect(answer.status).toBe(400);
    expect(JSON.parse(String(await answer.bytes()))).toMatchObject({ kind: 'Status', reason: 'BadRequest' });
  });

  it('gives every request of a connection the same peer', async () => {
    seen.peers = [];
    await (await call({ target: '/hello' })).bytes();
    await (await call({ target: '/hello' })).bytes();
    expect(seen.peers[0]?.connection).toBe(seen.peers[1]?.connection);
    expect(seen.peers[0]).toMatchObject({ address: '127.0.0.1', certificate: undefined });
  });
});

describe('HTTP/1.1', () => {
  it('answers pipelined requests in their order', async () => {
    const client = await test.raw();
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;
    client.socket.write(get('/later') + get('/stream') + get('/hello') + get('/stream'));
    const text = await client.until(/two\r\n0\r\n\r\n[^]*two\r\n0\r\n\r\n/);
    expect(text.match(/later|one |two(?=\r)|hello/g)).toEqual(['later', 'one ', 'two', 'hello', 'one ', 'two']);
  });

  it('takes the absolute form of a target', async () => {
    const client = await test.raw();
    client.socket.write('GET https://elsewhere:1/request?a=b HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    expect(await client.received()).toContain('"path":"/request","query":"a=b"');
  });

  it('serves a client of HTTP/1.0', async () => {
    const client = await test.raw();
    client.socket.write('GET /stream HTTP/1.0\r\n\r\n');
    const text = await client.received();
    expect(text).toMatch(/\r\n\r\none two$/);
  });

  it('sends 100 Continue only when the body is asked for', async () => {
    const asked = await test.raw();
    asked.socket.write('POST /echo HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n');
    await asked.until(/^HTTP\/1.1 100 Continue\r\n\r\n/);
    asked.socket.write('body');
    await asked.until(/200 OK[^]*body$/);

    const refused = await test.raw();
    refused.socket.write('POST /empty HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n');
    const text = await refused.received();
    expect(text).toMatch(/^HTTP\/1.1 200 OK/);
    expect(text).toMatch(/connection: close/i);
  });
});

describe('HTTP/2', () => {
  it('is what a client gets that offers both', async () => {
    const client = connectHttp2(test.door.url, { rejectUnauthorized: false, ALPNProtocols: ['h2', 'http/1.1'] });
    await new Promise((resolve) => client.once('connect', resolve));
    expect(client.alpnProtocol).toBe('h2');
    client.destroy();
  });

  it('answers many streams of a connection at once', async () => {
    const call = test.http2();
    const answers = await Promise.all(Array.from({ length: 200 }, () => call({ target: '/later' })));
    expect(answers.every((answer) => answer.status === 201)).toBe(true);
  });
});
