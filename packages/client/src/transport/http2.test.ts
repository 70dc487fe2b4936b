import { once } from 'node:events';
import { constants } from 'node:http2';
import { describe, expect, it } from '@jest/globals';
import { startCuttingProxy } from '../testing/cutting-proxy.ts';
import { startScripted, type Script } from '../testing/scripted-server.ts';
import { networkTransport, type NetworkOptions, type NetworkTransport } from './network-transport.ts';

const once1: NetworkOptions = { retries: { tries: 1 } };
const swift: NetworkOptions = { retries: { tries: 3, backoffMs: 1 } };
const hello: Script = (_request, response) => void response.end('hello');

async function text(transport: NetworkTransport, target = '/', method = 'GET', body?: string): Promise<string> {
  const response = await transport.send({ method, target, ...(body !== undefined && { body: Buffer.from(body) }) });
  return (await response.bytes()).toString();
}

/** A door that tests open: who waits for it, and how many came. */
function gate(): { readonly passed: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

describe('HTTP/2', () => {
  it('sends many requests at once on one connection, bodies both ways', async () => {
    await using server = await startScripted((request, response) => void request.pipe(response));
    await using transport = networkTransport(server.connection);
    const large = 'x'.repeat(3_000_000);
    const answers = await Promise.all(['a', 'b', 'c', large].map((body) => text(transport, '/', 'POST', body)));
    expect(answers).toEqual(['a', 'b', 'c', large]);
    expect(server.sessions).toHaveLength(1);
  });

  it('opens a further connection where the server takes no more on the first', async () => {
    const door = gate();
    await using server = await startScripted((_request, response) => void door.passed.then(() => response.end('x')), {
      streams: 2,
    });
    await using transport = networkTransport(server.connection);
    const answers = Array.from({ length: 5 }, () => text(transport));
    while (server.count < 5) await new Promise(setImmediate);
    expect(server.sessions).toHaveLength(3);
    door.open();
    expect(await Promise.all(answers)).toHaveLength(5);
  });

  it('lets requests wait where there may be no further one, and refuses those that are too many', async () => {
    const door = gate();
    await using server = await startScripted((_request, response) => void door.passed.then(() => response.end('x')), {
      streams: 1,
    });
    await using transport = networkTransport(server.connection, { limits: { sessions: 1, queued: 1 }, ...once1 });
    const first = text(transport);
    while (server.count < 1) await new Promise(setImmediate);
    const second = text(transport);
    await expect(text(transport)).rejects.toMatchObject({ phase: 'full' });
    door.open();
    expect(await Promise.all([first, second])).toEqual(['x', 'x']);
    expect(server.sessions).toHaveLength(1);
  });

  it('lets a request wait no longer than it is said, and not after its caller gave up', async () => {
    await using server = await startScripted(() => {}, { streams: 1 });
    await using transport = networkTransport(server.connection, { limits: { sessions: 1, queueMs: 20 }, ...once1 });
    const first = text(transport);
    while (server.count < 1) await new Promise(setImmediate);
    await expect(text(transport)).rejects.toMatchObject({ phase: 'full' });
    const stop = new AbortController();
    const waiting = transport.send({ target: '/', signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    transport.close(true);
    await expect(first).rejects.toMatchObject({ phase: 'lost' });
  });

  it('lets requests end after a GOAWAY, and sends new ones elsewhere', async () => {
    const door = gate();
    await using server = await startScripted((_request, response, at) => {
      if (at === 0) void door.passed.then(() => response.end('old'));
      else response.end('new');
    });
    await using transport = networkTransport(server.connection);
    const old = text(transport);
    while (server.count < 1) await new Promise(setImmediate);
    server.sessions[0]?.close();
    // The second request may still meet the closing connection: then it is sent again.
    expect(await text(transport)).toBe('new');
    expect(server.sessions).toHaveLength(2);
    door.open();
    expect(await old).toBe('old');
  });

  it('sends anything again that the server says it has not worked on', async () => {
    const door = gate();
    await using server = await startScripted((request, response, at) => {
      if (at === 0) void door.passed.then(() => response.end('first'));
      // The last stream that counts is the first one: this one was not worked on.
      else if (at === 1) request.stream.session?.goaway(constants.NGHTTP2_NO_ERROR, 1);
      else if (at === 2) request.stream.close(constants.NGHTTP2_REFUSED_STREAM);
      else response.end('done');
    });
    await using transport = networkTransport(server.connection, swift);
    const first = text(transport);
    while (server.count < 1) await new Promise(setImmediate);
    expect(await text(transport, '/', 'POST', 'once')).toBe('done');
    expect(server.count).toBe(4);
    door.open();
    expect(await first).toBe('first');
  });

  it.each([
    ['GET', 2, 'done'],
    ['POST', 1, undefined],
    ['PATCH', 1, undefined],
    ['DELETE', 1, undefined],
  ])('where the connection goes before the answer, sends %s %i times', async (method, count, answer) => {
    await using server = await startScripted((_request, response, at) => {
      if (at === 0) server.sockets[0]?.destroy();
      else response.end('done');
    });
    await using transport = networkTransport(server.connection, swift);
    const sent = text(transport, '/', method);
    if (answer === undefined) await expect(sent).rejects.toMatchObject({ name: 'ConnectionError', phase: 'lost' });
    else expect(await sent).toBe(answer);
    expect(server.count).toBe(count);
  });

  it('tells an answer that broke off from a whole one, however it broke off', async () => {
    const ways: readonly Script[] = [
      (request, response) => void response.write('half', () => request.stream.close(constants.NGHTTP2_CANCEL)),
      (request, response) => void response.write('half', () => request.stream.close(constants.NGHTTP2_INTERNAL_ERROR)),
      (request, response) => void response.write('half', () => request.stream.session?.destroy()),
    ];
    for (const way of ways) {
      await using server = await startScripted(way);
      await using transport = networkTransport(server.connection, swift);
      await expect(text(transport)).rejects.toMatchObject({ name: 'ConnectionError', phase: 'lost' });
      expect(server.count).toBe(1);
    }
  });

  it('notices a connection that is cut, and one that is only silent', async () => {
    const script: Script = (_request, response) => void response.write('half');
    await using server = await startScripted(script);
    for (const way of ['cut', 'freeze'] as const) {
      await using proxy = await startCuttingProxy(server.port);
      const connection = { ...server.connection, server: `https://127.0.0.1:${proxy.port}` };
      await using transport = networkTransport(connection, { limits: { silenceMs: 30, pingMs: 30 }, ...once1 });
      const { body } = await transport.send({ target: '/' });
      const pieces = body[Symbol.asyncIterator]();
      expect(Buffer.from((await pieces.next()).value ?? []).toString()).toBe('half');
      proxy[way]();
      await expect(pieces.next()).rejects.toMatchObject({ phase: 'lost' });
    }
  });

  it('keeps a silent connection whose server still answers pings', async () => {
    const door = gate();
    await using server = await startScripted((_request, response) => {
      response.write('a');
      void door.passed.then(() => response.end('b'));
    });
    await using transport = networkTransport(server.connection, { limits: { silenceMs: 5, pingMs: 1000 } });
    const answer = text(transport);
    while (server.sessions.length === 0) await new Promise(setImmediate);
    const [session] = server.sessions;
    if (session) for (let pings = 0; pings < 3; pings += 1) await once(session, 'ping');
    door.open();
    expect(await answer).toBe('ab');
  });

  it('gives up in time: no answer, a pause in an answer that is read whole', async () => {
    await using silent = await startScripted(() => {});
    await using one = networkTransport(silent.connection, { limits: { headersMs: 20 }, ...once1 });
    await expect(text(one)).rejects.toMatchObject({ phase: 'timeout', message: 'no answer within 20 ms' });
    const closed = gate();
    await using paused = await startScripted((request, response) => {
      request.stream.once('close', () => closed.open());
      response.write('half');
    });
    await using two = networkTransport(paused.connection, { limits: { bodyIdleMs: 20 }, ...once1 });
    await expect(text(two)).rejects.toMatchObject({ phase: 'timeout' });
    await closed.passed;
  });

  it('ends a request by its signal, before, during and after its answer begins', async () => {
    await using server = await startScripted((request, response) => {
      if (request.url === '/half') response.write('half');
    });
    await using transport = networkTransport(server.connection);
    await expect(transport.send({ target: '/', signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow(
      'before',
    );
    const during = new AbortController();
    const sent = transport.send({ target: '/', signal: during.signal });
    while (server.count < 1) await new Promise(setImmediate);
    during.abort(new Error('during'));
    await expect(sent).rejects.toThrow('during');
    const after = new AbortController();
    const response = await transport.send({ target: '/half', signal: after.signal });
    const bytes = response.bytes();
    after.abort(new Error('after'));
    await expect(bytes).rejects.toThrow('after');
  });

  it('keeps a body that is read long after the stream ended, and one that is empty', async () => {
    const ends: Promise<unknown>[] = [];
    await using server = await startScripted((request, response) => {
      ends.push(once(request.stream, 'close'));
      response.end(request.url === '/empty' ? '' : 'x'.repeat(100_000));
    });
    await using transport = networkTransport(server.connection);
    const late = await transport.send({ target: '/late' });
    const empty = await transport.send({ target: '/empty' });
    await Promise.all(ends);
    // Another answer on the same connection: whatever the first two had to tell has come.
    await text(transport);
    expect((await late.bytes()).length).toBe(100_000);
    expect((await empty.bytes()).length).toBe(0);
  });

  it('tells the server when a body is left early', async () => {
    const closed = gate();
    await using server = await startScripted((request, response) => {
      request.stream.once('close', () => closed.open());
      response.write('a');
    });
    await using transport = networkTransport(server.connection);
    const { body } = await transport.send({ target: '/' });
    for await (const _piece of body) break;
    await closed.passed;
  });

  it('closes a connection that idles, and opens another when it is needed', async () => {
    await using server = await startScripted(hello);
    await using transport = networkTransport(server.connection, { limits: { idleMs: 10 } });
    await text(transport);
    const [first] = server.sessions;
    if (first && !first.closed) await once(first, 'close');
    expect(await text(transport)).toBe('hello');
    expect(server.sessions).toHaveLength(2);
  });

  it('ends where the server ends every connection at once, and those who wait with it', async () => {
    await using server = await startScripted(hello, { onSession: (session) => session.destroy() });
    await using transport = networkTransport(server.connection, { limits: { sessions: 2 }, ...once1 });
    const sent = Array.from({ length: 3 }, () => text(transport));
    for (const one of await Promise.allSettled(sent))
      expect(one).toMatchObject({ status: 'rejected', reason: { name: 'ConnectionError', phase: 'unsent' } });
    expect(server.sessions.length).toBeLessThan(20);
  });

  it('takes nothing after it was closed, and lets what is under way end', async () => {
    const door = gate();
    await using server = await startScripted((_request, response) => void door.passed.then(() => response.end('end')));
    const transport = networkTransport(server.connection);
    const last = text(transport);
    while (server.count < 1) await new Promise(setImmediate);
    transport.close();
    await expect(text(transport)).rejects.toThrow('the client is closed');
    door.open();
    expect(await last).toBe('end');
  });
});
