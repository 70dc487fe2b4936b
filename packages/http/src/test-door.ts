import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import { Agent, request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { connect as connectTls } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import type { LogFields, Logger } from '@kcp/telemetry';
import { silentMeter } from '@kcp/telemetry';
import { WebSocket } from 'ws';
import { startDoor } from './door.ts';
import type { Door, DoorOptions } from './door.ts';
import type { Handler } from './exchange.ts';
import { testCertificate } from './test-certificates.ts';
import { collect } from './transport.ts';
import type { Transport, TransportRequest, TransportResponse } from './transport.ts';

export const authority = { name: 'test authority', ...testCertificate({ name: 'test authority', authority: true }) };
const serving = testCertificate({ name: 'door', address: [127, 0, 0, 1] }, authority);

/** A door on a free port, and the clients that were opened to it; all of it ends with `await using`. */
export interface TestDoor extends AsyncDisposable {
  readonly door: Door;
  /** What the door logged as errors. */
  readonly errors: (LogFields | undefined)[];
  http1(options?: { agent?: Agent }): Transport;
  http2(): Transport;
  session(): ClientHttp2Session;
  /** A client of sockets over HTTP/1.1, as the `ws` library has it; it may not be open yet. */
  socket(path: string, options?: { subprotocols?: string[]; headers?: Record<string, string> }): WebSocket;
  /** A bare TLS connection that speaks HTTP/1.1 by hand. */
  raw(alpn?: string): Promise<RawClient>;
}

/** A connection of bytes. */
export interface RawClient {
  readonly socket: TLSSocket;
  /** All that came until the other side closed. */
  received(): Promise<string>;
  /** Resolves once what came matches. */
  until(pattern: RegExp): Promise<string>;
}

export async function openDoor(handler: Handler, options: Partial<DoorOptions> = {}): Promise<TestDoor> {
  const errors: (LogFields | undefined)[] = [];
  const ignore = (): void => {};
  const logger: Logger = {
    debug: ignore,
    info: ignore,
    warn: ignore,
    error: (_message, fields) => errors.push(fields),
    child: () => logger,
  };
  const door = await startDoor({
    host: '127.0.0.1',
    port: 0,
    tls: { key: serving.key, cert: serving.cert },
    handler,
    logger,
    meter: silentMeter,
    ...options,
  });
  const ends: (() => void)[] = [];
  const session = (): ClientHttp2Session => {
    const opened = connectHttp2(door.url, { ca: authority.cert, maxSendHeaderBlockLength: 1 << 20 });
    opened.on('error', ignore);
    ends.push(() => opened.destroy());
    return opened;
  };
  return {
    door,
    errors,
    session,
    http1: ({ agent = new Agent({ keepAlive: true }) } = {}) => {
      ends.push(() => agent.destroy());
      return http1Transport(door, agent);
    },
    http2: () => http2Transport(session()),
    socket: (path, { subprotocols = [], headers = {} } = {}) => {
      const url = `wss://127.0.0.1:${door.port}${path}`;
      const client = new WebSocket(url, subprotocols, { ca: authority.cert, headers, perMessageDeflate: false });
      client.on('error', ignore);
      ends.push(() => client.terminate());
      return client;
    },
    raw: async (alpn = 'http/1.1') => {
      const socket = connectTls({ port: door.port, host: '127.0.0.1', ca: authority.cert, ALPNProtocols: [alpn] });
      ends.push(() => socket.destroy());
      await once(socket, 'secureConnect');
      return rawClient(socket);
    },
    async [Symbol.asyncDispose]() {
      for (const end of ends) end();
      await door.stop(0);
    },
  };
}

function http1Transport(door: Door, agent: Agent): Transport {
  return async (request) => {
    const { method = 'GET', target: path, headers, signal } = request;
    const outgoing = httpsRequest({
      host: '127.0.0.1',
      port: door.port,
      ca: authority.cert,
      agent,
      method,
      path,
      headers: headersOf(headers),
      ...(signal && { signal }),
    });
    // Node sends it with the headers, so a small body is whole at once.
    outgoing.end(request.body);
    const [message]: IncomingMessage[] = await once(outgoing, 'response');
    if (!message) throw new Error('no response');
    outgoing.on('error', () => {});
    return response(message.statusCode ?? 0, message.headers, message);
  };
}

function http2Transport(session: ClientHttp2Session): Transport {
  return async (request) => {
    const { method = 'GET', target, headers, signal } = request;
    const stream = session.request(
      { ':method': method, ':path': target, ...headersOf(headers) },
      { endStream: request.body === undefined, ...(signal && { signal }) },
    );
    if (request.body) stream.end(request.body);
    const cut = once(stream, 'close').then(() => Promise.reject(new Error('the stream was closed')));
    const [head]: Record<string, string>[] = await Promise.race([once(stream, 'response'), cut]);
    cut.catch(() => {});
    stream.on('error', () => {});
    const { ':status': status, ...rest } = head ?? {};
    return response(Number(status), rest, stream);
  };
}

function headersOf(headers: TransportRequest['headers'] = {}): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  );
}

function response(
  status: number,
  headers: Record<string, string | string[] | undefined>,
  body: AsyncIterable<Uint8Array>,
): TransportResponse {
  const known = Object.entries(headers).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined);
  return { status, headers: Object.fromEntries(known), body, bytes: () => collect(body) };
}

function rawClient(socket: TLSSocket): RawClient {
  let text = '';
  const closed = Promise.withResolvers<string>();
  const waiting = new Set<() => void>();
  socket.setEncoding('latin1');
  socket.on('data', (data: string) => {
    text += data;
    for (const look of waiting) look();
  });
  socket.on('error', () => {});
  socket.on('close', () => closed.resolve(text));
  return {
    socket,
    received: () => closed.promise,
    until: (pattern) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!pattern.test(text)) return;
          waiting.delete(look);
          resolve(text);
        };
        waiting.add(look);
        look();
      }),
  };
}
