import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { ConnectionError } from './connection-error.ts';
import { request as httpRequest } from './node-http.ts';

/**
 * A connection through a proxy, asked for by CONNECT (RFC 9110, 9.3.6); user and password of the proxy's URL go along. Rejects with
 * ConnectionError `unsent` where the proxy refuses.
 */
export function connectThroughProxy(
  proxy: URL,
  target: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<Socket> {
  const authority = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`;
  const open = proxy.protocol === 'https:' ? httpsRequest : httpRequest;
  const request = open({
    method: 'CONNECT',
    host: proxy.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
    path: authority,
    headers: { host: authority, ...proxyAuthorization(proxy) },
    agent: false,
    signal,
  });
  return new Promise((resolve, reject) => {
    const refuse = (response: IncomingMessage): void => {
      request.destroy();
      reject(new ConnectionError('unsent', `the proxy ${proxy.host} answered CONNECT with ${response.statusCode}`));
    };
    request.once('connect', (response: IncomingMessage, socket: Socket, head: Buffer) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        refuse(response);
        return;
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    request.once('response', refuse);
    request.once('error', (error) =>
      reject(ConnectionError.from(error, 'unsent', `cannot reach the proxy ${proxy.host}`)),
    );
    request.end();
  });
}

function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}
