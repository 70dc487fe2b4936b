import { afterEach, describe, expect, it } from '@jest/globals';
import type { OutboundFailure } from './failure.ts';
import { OutboundError } from './failure.ts';
import { createOutbound, type Outbound, type OutboundOptions } from './outbound.ts';
import { plainServer, rawServer, type TestServer } from './testing/server.ts';

const open: AsyncDisposable[] = [];
const owned = <T extends AsyncDisposable>(thing: T): T => (open.push(thing), thing);
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing[Symbol.asyncDispose]();
});

const client = (options?: OutboundOptions): Outbound => owned(createOutbound(options));
const at = ({ port }: TestServer, path = '/'): string => `http://127.0.0.1:${port}${path}`;

async function failure(answer: Promise<unknown>): Promise<OutboundError> {
  const error = await answer.then(
    () => new Error('there was an answer'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof OutboundError) return error;
  throw error;
}
const kind = async (answer: Promise<unknown>): Promise<OutboundFailure> => (await failure(answer)).failure;

describe('a call', () => {
  it('sends method, path, headers and body, and gives status, headers and body', async () => {
    const server = owned(
      await plainServer((request, response) => {
        const parts: Buffer[] = [];
        request.on('data', (part: Buffer) => parts.push(part));
        request.on('end', () => {
          const { method, url, headers } = request;
          response.writeHead(418, { 'x-twice': ['a', 'b'] });
          response.end(
            JSON.stringify({
              method,
              url,
              type: headers['content-type'],
              length: headers['content-length'],
              body: String(Buffer.concat(parts)),
            }),
          );
        });
      }),
    );
    const answer = await client().send({
      tenant: 'a',
      url: at(server, '/x?timeout=1s'),
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: Buffer.from('hi'),
    });
    expect(answer.status).toBe(418);
    expect(answer.headers['x-twice']).toBe('a, b');
    expect(JSON.parse(String(answer.body))).toEqual({
      method: 'POST',
      url: '/x?timeout=1s',
      type: 'text/plain',
      length: '2',
      body: 'hi',
    });
  });
  it('follows no redirect', async () => {
    let asked = 0;
    const server = owned(
      await plainServer(
        (_request, response) => ((asked += 1), response.writeHead(302, { location: '/elsewhere' }).end()),
      ),
    );
    expect((await client().send({ tenant: 'a', url: at(server) })).status).toBe(302);
    expect(asked).toBe(1);
  });
  it('uses a connection again, and replaces one that the other side closed meanwhile', async () => {
    const closers: (() => void)[] = [];
    const server = owned(
      await plainServer((request, response) => {
        closers.push(() => request.socket.destroy());
        if (request.url === '/gone' && closers.length === 3) request.socket.destroy();
        else response.end('ok');
      }),
    );
    const calls = client();
    await calls.send({ tenant: 'a', url: at(server) });
    await calls.send({ tenant: 'b', url: at(server) });
    expect(server.connections).toBe(1);
    expect(String((await calls.send({ tenant: 'a', url: at(server, '/gone') })).body)).toBe('ok');
    expect(server.connections).toBe(2);
  });
});

describe('an answer that is too large', () => {
  it('is broken off, whether it says so or not', async () => {
    const server = owned(
      await plainServer((request, response) => {
        if (request.url === '/said') response.writeHead(200, { 'content-length': 1000 });
        response.write('x'.repeat(600));
        response.write('x'.repeat(400));
        response.end();
      }),
    );
    const calls = client({ limits: { answerBytes: 999 } });
    for (const path of ['/said', '/unsaid']) {
      expect(await kind(calls.send({ tenant: 'a', url: at(server, path) }))).toEqual({ kind: 'tooLarge', limit: 999 });
    }
    expect(
      (await client({ limits: { answerBytes: 1000 } }).send({ tenant: 'a', url: at(server) })).body.byteLength,
    ).toBe(1000);
  });
  it('also where its head is', async () => {
    const server = owned(
      await plainServer((_request, response) => response.writeHead(200, { 'x-a': 'x'.repeat(20_000) }).end()),
    );
    expect(await kind(client().send({ tenant: 'a', url: at(server) }))).toEqual({ kind: 'tooLarge', limit: 16_384 });
  });
});

describe('a call without an answer', () => {
  it('says that nobody listens', async () => {
    const server = await plainServer(() => {});
    await server[Symbol.asyncDispose]();
    const error = await failure(client().send({ tenant: 'a', url: at(server, '/x'), method: 'POST' }));
    expect(error.failure).toEqual({
      kind: 'unreachable',
      address: '127.0.0.1',
      port: server.port,
      code: 'ECONNREFUSED',
    });
    const where = `127.0.0.1:${server.port}`;
    expect(error.message).toBe(`Post "http://${where}/x": dial tcp ${where}: connect: connection refused`);
  });
  it('says that it is no HTTP, that it ended early, that it was reset', async () => {
    const server = owned(
      await rawServer((socket) => {
        socket.once('data', (head: Buffer) => {
          const path = String(head).split(' ', 2)[1];
          if (path === '/rubbish') socket.end('SSH-2.0-x\r\n');
          else if (path === '/half') socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc');
          else if (path === '/reset') socket.resetAndDestroy();
          else socket.end();
        });
      }),
    );
    const calls = client();
    expect(await kind(calls.send({ tenant: 'a', url: at(server, '/rubbish') }))).toMatchObject({ kind: 'malformed' });
    expect(await kind(calls.send({ tenant: 'a', url: at(server, '/half') }))).toMatchObject({
      kind: 'broken',
      phase: 'body',
    });
    expect(await kind(calls.send({ tenant: 'a', url: at(server, '/reset') }))).toEqual({
      kind: 'broken',
      reset: true,
      phase: 'head',
    });
    const error = await failure(calls.send({ tenant: 'a', url: at(server) }));
    expect(error.message).toBe(`Get "${at(server)}": EOF`);
  });
  it('ends in time, whatever it waits for', async () => {
    const server = owned(
      await plainServer((request, response) => {
        if (request.url === '/body') response.write('a');
      }),
    );
    const send = (path: string, timeoutMs: number) => client().send({ tenant: 'a', url: at(server, path), timeoutMs });
    expect(await kind(send('/', 30))).toMatchObject({ kind: 'timeout' });
    expect(await kind(send('/body', 60))).toMatchObject({ kind: 'timeout' });
    const head = client({ limits: { headMs: 20 } }).send({ tenant: 'a', url: at(server) });
    const error = await failure(head);
    expect(error.failure).toEqual({ kind: 'timeout', phase: 'head' });
    expect(error.message).toContain('context deadline exceeded');
    const silent = owned(await rawServer(() => {}));
    const url = `https://127.0.0.1:${silent.port}`;
    expect(await kind(client({ limits: { connectMs: 20 } }).send({ tenant: 'a', url }))).toEqual({
      kind: 'timeout',
      phase: 'connect',
    });
  });
  it('ends with its caller, and with the client', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    const server = owned(await plainServer(() => resolve()));
    const calls = client();
    const caller = new AbortController();
    const first = kind(calls.send({ tenant: 'a', url: at(server), signal: caller.signal }));
    const second = kind(calls.send({ tenant: 'a', url: at(server) }));
    await asked;
    caller.abort();
    expect(await first).toEqual({ kind: 'aborted' });
    await calls[Symbol.asyncDispose]();
    expect(await second).toEqual({ kind: 'closed' });
    expect(await kind(calls.send({ tenant: 'a', url: at(server) }))).toEqual({ kind: 'closed' });
    expect(await kind(client().send({ tenant: 'a', url: at(server), signal: caller.signal }))).toEqual({
      kind: 'aborted',
    });
  });
});

describe('many calls of one tenant', () => {
  it('wait, are refused, and do not keep others waiting', async () => {
    const answers: (() => void)[] = [];
    const { promise: both, resolve } = Promise.withResolvers<void>();
    const server = owned(
      await plainServer((_request, response) => {
        answers.push(() => response.end());
        if (answers.length === 2) resolve();
      }),
    );
    const calls = client({ limits: { perTenant: 1, queuePerTenant: 1 } });
    const url = at(server);
    const first = calls.send({ tenant: 'a', url });
    const second = calls.send({ tenant: 'a', url, timeoutMs: 40 });
    expect(await kind(calls.send({ tenant: 'a', url }))).toEqual({ kind: 'busy', tenant: 'a' });
    const other = calls.send({ tenant: 'b', url });
    await both;
    expect(await kind(second)).toEqual({ kind: 'timeout', phase: 'queue' });
    for (const answer of answers) answer();
    expect([(await first).status, (await other).status]).toEqual([200, 200]);
  });
});

describe('a name', () => {
  it('is connected to at the address that was checked', async () => {
    const server = owned(await plainServer((request, response) => response.end(request.headers.host)));
    const asked: string[] = [];
    const resolve = async (host: string) => (asked.push(host), ['169.254.169.254', '127.0.0.1']);
    const answer = await client({ resolve }).send({ tenant: 'a', url: `http://Example.test:${server.port}/` });
    expect(String(answer.body)).toBe(`example.test:${server.port}`);
    expect(asked).toEqual(['example.test']);
  });
  it('that leads to denied addresses only is not connected to', async () => {
    const resolve = async () => ['::ffff:169.254.169.254', 'fe80::1%eth0'];
    const error = await failure(client({ resolve }).send({ tenant: 'a', url: 'http://metadata.test/' }));
    expect(error.failure).toEqual({ kind: 'denied', host: 'metadata.test', address: '::ffff:169.254.169.254' });
  });
  it('that nobody knows is said so', async () => {
    const resolve = async () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' }));
    const error = await failure(client({ resolve }).send({ tenant: 'a', url: 'https://nobody.test/' }));
    expect(error.message).toBe('Get "https://nobody.test/": dial tcp: lookup nobody.test: no such host');
    expect(
      await kind(client({ resolve: async () => [] }).send({ tenant: 'a', url: 'https://nobody.test/' })),
    ).toMatchObject({
      kind: 'unresolved',
    });
  });
  it('whose resolving hangs keeps its tenant’s turn, after the call gave up', async () => {
    const { promise, resolve: found } = Promise.withResolvers<readonly string[]>();
    const calls = client({ resolve: () => promise, limits: { perTenant: 1, queuePerTenant: 0 } });
    expect(await kind(calls.send({ tenant: 'a', url: 'http://slow.test/', timeoutMs: 20 }))).toMatchObject({
      kind: 'timeout',
    });
    expect(await kind(calls.send({ tenant: 'a', url: 'http://slow.test/' }))).toMatchObject({ kind: 'busy' });
    found(['169.254.0.1']);
    await new Promise(setImmediate);
    expect(await kind(calls.send({ tenant: 'a', url: 'http://slow.test/' }))).toMatchObject({ kind: 'denied' });
  });
});

describe('a URL', () => {
  it.each([
    'http://169.254.169.254/latest',
    'http://[::ffff:169.254.169.254]/',
    'http://0251.0376.0251.0376/',
    'http://0xa9fea9fe/',
    'http://2852039166/',
    'http://0/',
    'http://[::]/',
    'http://[fd00:ec2::254]/',
  ])('of a denied address, %s, is denied however it is written', async (url) => {
    expect(await kind(client().send({ tenant: 'a', url }))).toMatchObject({ kind: 'denied' });
  });
  it.each(['', 'nonsense', 'ftp://a/', 'file:///etc/passwd', 'http://user:secret@a/', 'http://[fe80::1%25eth0]/'])(
    'such as %j cannot be called, and no password is told',
    async (url) => {
      const error = await failure(client().send({ tenant: 'a', url }));
      expect(error.failure.kind).toBe('invalidUrl');
      expect(error.message).not.toContain('secret');
    },
  );
  it('may be any address for a client without restrictions', async () => {
    const calls = client({ policy: 'unrestricted' });
    expect(await kind(calls.send({ tenant: 'a', url: 'http://127.0.0.1:1/' }))).toMatchObject({ kind: 'unreachable' });
    expect(
      await kind(client({ policy: { deny: ['127.0.0.1'] } }).send({ tenant: 'a', url: 'http://127.0.0.1:1/' })),
    ).toMatchObject({ kind: 'denied' });
  });
});
