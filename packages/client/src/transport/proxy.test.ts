import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { startScripted } from '../testing/scripted-server.ts';
import { networkTransport } from './network-transport.ts';

interface Seen {
  readonly server: Server;
  readonly port: number;
  readonly asked: string[];
}

/** A proxy that connects whoever knows the password. */
async function startProxy(): Promise<Seen> {
  const asked: string[] = [];
  const server = createServer();
  server.on('connect', (request, near, head) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? '-'}`);
    if (request.headers['proxy-authorization'] !== `Basic ${Buffer.from('u:p@').toString('base64')}`) {
      near.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
      return;
    }
    const far = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
      near.write('HTTP/1.1 200 OK\r\n\r\n');
      far.write(head);
      near.pipe(far).pipe(near);
    });
    for (const socket of [near, far]) socket.on('error', () => {});
    near.on('close', () => far.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port, asked };
}

describe('a proxy', () => {
  it('is asked to connect, with its password; what goes through is TLS to the server', async () => {
    const proxy = await startProxy();
    await using server = await startScripted((request, response) => void response.end(request.httpVersion));
    const proxyUrl = `http://u:p%40@127.0.0.1:${proxy.port}`;
    await using transport = networkTransport({ ...server.connection, proxyUrl });
    expect((await (await transport.send({ target: '/' })).bytes()).toString()).toBe('2.0');
    expect(proxy.asked).toHaveLength(1);
    expect(proxy.asked[0]).toContain(`127.0.0.1:${server.port} Basic`);
    proxy.server.close();
  });

  it('that refuses is named', async () => {
    const proxy = await startProxy();
    const connection = { server: 'https://127.0.0.1:1', proxyUrl: `http://127.0.0.1:${proxy.port}` };
    await using transport = networkTransport(connection, { retries: { tries: 1 } });
    await expect(transport.send({ target: '/' })).rejects.toMatchObject({
      phase: 'unsent',
      message: `the proxy 127.0.0.1:${proxy.port} answered CONNECT with 407`,
    });
    proxy.server.close();
    await once(proxy.server, 'close');
    await expect(transport.send({ target: '/' })).rejects.toThrow('cannot reach the proxy');
  });
});
