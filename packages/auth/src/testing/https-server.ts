import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import { createAuthority, issueCertificate, type KeyPair } from '../pki/certificate.ts';

const DAY = 86_400_000;

/** An HTTPS server on 127.0.0.1 with an authority of its own. */
export interface HttpsServer extends AsyncDisposable {
  /** Without a slash at its end. */
  readonly url: string;
  /** PEM. */
  readonly authority: KeyPair;
  /** Breaks all connections off, by force. */
  reset(): void;
}

/** Listens. What the listener leaves open is cut off at the end. */
export async function startHttpsServer(listener: RequestListener, options: ServerOptions = {}): Promise<HttpsServer> {
  const now = Date.now();
  const times = { notBefore: now - DAY, notAfter: now + DAY };
  const authority = await createAuthority({ commonName: 'test authority', ...times });
  const pair = await issueCertificate({
    authority,
    usage: 'server',
    commonName: 'test',
    hosts: ['127.0.0.1', 'localhost'],
    ...times,
  });
  const server = createServer({ key: pair.privateKey, cert: pair.certificate, ...options }, listener);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
  return {
    url: `https://127.0.0.1:${port}`,
    authority,
    reset: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
