import { once } from 'node:events';
import {
  createSecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
} from 'node:http2';
import { createServer as createHttp1Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { testCertificate, type TestPair } from '@kcp/http/testing';
import type { Connection } from '../kubeconfig/connection.ts';

/** The authority of all scripted servers and their clients. */
export const authority: TestPair & { readonly name: string } = {
  name: 'test authority',
  ...testCertificate({ name: 'test authority', authority: true }),
};

const local = testCertificate({ name: 'server', address: [127, 0, 0, 1] }, authority);

/** A client certificate of that authority. */
export function clientPair(name: string): TestPair {
  return testCertificate({ name }, authority);
}

/** What a scripted server does. */
export interface ScriptOptions {
  /** HTTP/1.1 only; HTTP/2 where left out. */
  readonly http1?: boolean;
  /** HTTP/2 streams at once. */
  readonly streams?: number;
  /** Told of HTTP/2 sessions as they begin. */
  readonly onSession?: (session: ServerHttp2Session) => void;
  /** Asks for client certificates. */
  readonly clients?: boolean;
}

/** Answers one request; `at` counts them from 0. */
export type Script = (request: Http2ServerRequest, response: Http2ServerResponse, at: number) => void;

/** A TLS server that does what a test says. */
export interface ScriptedServer extends AsyncDisposable {
  readonly port: number;
  readonly connection: Connection;
  /** HTTP/2 sessions, oldest first. */
  readonly sessions: readonly ServerHttp2Session[];
  /** Connections, oldest first. */
  readonly sockets: readonly Socket[];
  /** Requests so far. */
  readonly count: number;
}

/** Starts a server on a free port; disposing of it cuts what is left. */
export async function startScripted(script: Script, options: ScriptOptions = {}): Promise<ScriptedServer> {
  const { http1 = false, streams = 100, clients = false, onSession } = options;
  const tls = {
    key: local.key,
    cert: local.cert,
    ...(clients && { requestCert: true, rejectUnauthorized: false, ca: authority.cert }),
  };
  const server = http1
    ? createHttp1Server(tls)
    : createSecureServer({ ...tls, settings: { maxConcurrentStreams: streams } });
  const sessions: ServerHttp2Session[] = [];
  const sockets: Socket[] = [];
  let count = 0;
  server.on('session', (session: ServerHttp2Session) => {
    sessions.push(session.on('error', () => {}));
    onSession?.(session);
  });
  server.on('secureConnection', (socket: Socket) => sockets.push(socket.on('error', () => {})));
  server.on('request', (request: Http2ServerRequest, response: Http2ServerResponse) => {
    response.stream?.on('error', () => {});
    script(request, response, count++);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    connection: { server: `https://127.0.0.1:${port}`, authority: { kind: 'data', pem: authority.cert } },
    sessions,
    sockets,
    get count() {
      return count;
    },
    [Symbol.asyncDispose]: async () => {
      for (const session of sessions) session.destroy();
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
