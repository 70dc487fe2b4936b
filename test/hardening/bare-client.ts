import { once } from 'node:events';
import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { Agent, request as httpsRequest } from 'node:https';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { isObject, parseJson, type JsonObject } from '@kcp/api-machinery';
import type { Address } from './probe.ts';

/** A request whose bytes are sent as they are. */
export interface BareRequest {
  readonly method?: string;
  readonly body?: string | Buffer;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer, read to its end. */
export interface BareAnswer {
  readonly status: number;
  readonly text: string;
  /** The body where it is a JSON object, else an empty one. */
  readonly object: JsonObject;
}

/** A connection of bytes. */
export interface BareConnection {
  readonly socket: TLSSocket;
  /** All that came until the connection was closed, by whomever. */
  readonly received: () => Promise<string>;
}

/** A client that can misbehave: it sends what it is told, and cleans up after itself. */
export interface BareClient extends Disposable {
  send(path: string, request?: BareRequest): Promise<BareAnswer>;
  /** A request whose body the caller writes; the answer, or what became of the connection. */
  open(path: string, options: { method: string; headers?: Readonly<Record<string, string>> }): ClientRequest;
  /** TLS, and after it whatever the caller writes. */
  connect(protocol?: string): Promise<BareConnection>;
  session(): ClientHttp2Session;
}

/** Opens a client as the admin. */
export function openClient({ port, authority, token }: Address): BareClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 32, ca: authority });
  const ends: (() => void)[] = [() => agent.destroy()];
  const host = '127.0.0.1';
  const authorization = `Bearer ${token}`;
  return {
    send: (path, { method = 'GET', body, contentType = 'application/json', headers } = {}) => {
      const typed =
        body === undefined ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(body) };
      const outgoing = httpsRequest({
        host,
        port,
        agent,
        method,
        path,
        headers: { authorization, ...typed, ...headers },
      });
      outgoing.end(body);
      return readAnswer(outgoing);
    },
    open: (path, { method, headers }) =>
      httpsRequest({ host, port, ca: authority, agent: false, method, path, headers: { authorization, ...headers } }),
    connect: async (protocol = 'http/1.1') => {
      const socket = connectTls({ host, port, ca: authority, ALPNProtocols: [protocol] });
      ends.push(() => socket.destroy());
      socket.on('error', () => {});
      const closed = new Promise((resolve) => socket.on('close', resolve));
      let text = '';
      socket.setEncoding('latin1').on('data', (data: string) => (text += data));
      await Promise.race([new Promise((resolve) => socket.on('secureConnect', resolve)), closed]);
      return { socket, received: () => closed.then(() => text) };
    },
    session: () => {
      const session = connectHttp2(`https://${host}:${port}`, { ca: authority, maxSendHeaderBlockLength: 1 << 22 });
      session.on('error', () => {});
      ends.push(() => session.destroy());
      return session;
    },
    [Symbol.dispose]: () => {
      for (const end of ends) end();
    },
  };
}

/** Waits for the answer to a request. Rejects where the connection ends without one. */
export async function readAnswer(outgoing: ClientRequest): Promise<BareAnswer> {
  const [response]: IncomingMessage[] = await once(outgoing, 'response');
  outgoing.on('error', () => {});
  const chunks: Buffer[] = [];
  for await (const chunk of response ?? []) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return { status: response?.statusCode ?? 0, text, object: objectIn(text) };
}

function objectIn(text: string): JsonObject {
  try {
    const value = parseJson(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
