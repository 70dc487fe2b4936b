import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { startScripted, type Script } from '../testing/scripted-server.ts';
import { networkTransport, type NetworkOptions, type NetworkTransport } from './network-transport.ts';

const single: NetworkOptions = { retries: { tries: 1 } };
const swift: NetworkOptions = { retries: { tries: 3, backoffMs: 1 } };

async function text(transport: NetworkTransport, target = '/', method = 'GET', body?: string): Promise<string> {
  const response = await transport.send({ method, target, ...(body !== undefined && { body: Buffer.from(body) }) });
  return (await response.bytes()).toString();
}

async function listening(server: ReturnType<typeof createTcpServer>): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('HTTP/1.1', () => {
  it('is spoken where the server speaks no HTTP/2, one connection for requests in a row', async () => {
    const versions: string[] = [];
    const echo: Script = (request, response) => {
      versions.push(request.httpVersion);
      request.pipe(response);
    };
    await using server = await startScripted(echo, { http1: true });
    await using transport = networkTransport(server.connection);
    for (const body of ['a', 'b', 'x'.repeat(2_000_000)]) expect(await text(transport, '/', 'POST', body)).toBe(body);
    expect(versions).toEqual(['1.1', '1.1', '1.1']);
    expect(server.sockets).toHaveLength(1);
  });

  it('opens a connection for each request at once, up to the limit', async () => {
    const { promise: door, resolve: open } = Promise.withResolvers<void>();
    await using server = await startScripted((_request, response) => void door.then(() => response.end('x')), {
      http1: true,
    });
    await using transport = networkTransport(server.connection, { limits: { connections: 2, queued: 1 }, ...single });
    const answers = [text(transport), text(transport), text(transport)];
    while (server.count < 2) await new Promise(setImmediate);
    await expect(text(transport)).rejects.toMatchObject({ phase: 'full' });
    open();
    expect(await Promise.all(answers)).toEqual(['x', 'x', 'x']);
    expect(server.sockets).toHaveLength(2);
  });

  it('is spoken without TLS where the URL says so', async () => {
    const server = createServer((request, response) => response.end(request.headers.host));
    const url = await listening(server);
    await using transport = networkTransport({ server: url });
    expect(await text(transport)).toBe(new URL(url).host);
    server.close();
  });

  it.each([
    ['GET', 2, 'done'],
    ['POST', 1, undefined],
  ])('where the connection goes before the answer, sends %s %i times', async (method, count, answer) => {
    const script: Script = (request, response, at) => void (at === 0 ? request.socket.destroy() : response.end('done'));
    await using server = await startScripted(script, { http1: true });
    await using transport = networkTransport(server.connection, swift);
    const sent = text(transport, '/', method);
    if (answer === undefined) await expect(sent).rejects.toMatchObject({ name: 'ConnectionError', phase: 'lost' });
    else expect(await sent).toBe(answer);
    expect(server.count).toBe(count);
  });

  it('tells an answer that broke off from a whole one, with and without a length', async () => {
    for (const headers of [{}, { 'content-length': '100' }]) {
      const cut: Script = (request, response) => {
        response.writeHead(200, headers);
        response.write('half', () => request.socket.destroy());
      };
      await using server = await startScripted(cut, { http1: true });
      await using transport = networkTransport(server.connection, swift);
      await expect(text(transport)).rejects.toMatchObject({ name: 'ConnectionError', phase: 'lost' });
    }
  });

  it('refuses what is no HTTP', async () => {
    const server = createTcpServer((socket) =>
      socket
        .on('error', () => {})
        .resume()
        .end('SSH-2.0-OpenSSH\r\n'),
    );
    const url = await listening(server);
    await using transport = networkTransport({ server: url }, single);
    await expect(text(transport)).rejects.toMatchObject({ name: 'ConnectionError', phase: 'malformed' });
    server.close();
  });

  it('gives up in time, and when its caller does', async () => {
    await using server = await startScripted(() => {}, { http1: true });
    await using transport = networkTransport(server.connection, { limits: { headersMs: 20 }, ...single });
    await expect(text(transport)).rejects.toMatchObject({ phase: 'timeout' });
    const stop = new AbortController();
    await using patient = networkTransport(server.connection);
    const sent = patient.send({ target: '/', signal: stop.signal });
    while (server.count < 2) await new Promise(setImmediate);
    stop.abort(new Error('enough'));
    await expect(sent).rejects.toThrow('enough');
  });

  it('closes the connection of a body that is left early', async () => {
    await using server = await startScripted((_request, response) => void response.write('a'), { http1: true });
    await using transport = networkTransport(server.connection);
    const { body } = await transport.send({ target: '/' });
    for await (const _piece of body) break;
    const [socket] = server.sockets;
    if (socket && !socket.closed) await once(socket, 'close');
  });

  it('says what the matter is where there is no server', async () => {
    const server = createTcpServer();
    const url = await listening(server);
    server.close();
    await once(server, 'close');
    await using transport = networkTransport({ server: url }, swift);
    await expect(text(transport, '/', 'POST')).rejects.toMatchObject({
      phase: 'unsent',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});
