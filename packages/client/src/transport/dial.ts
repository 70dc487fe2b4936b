import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { Duplex } from 'node:stream';
import type { Connection } from '../kubeconfig/connection.ts';
import { codeOf } from '../thrown.ts';
import { ConnectionError } from './connection-error.ts';
import { connectThroughProxy } from './proxy.ts';
import type { TlsMaterial } from './tls-material.ts';

/** An open connection, and what both sides will speak on it. */
export interface Dialed {
  readonly socket: Duplex;
  readonly protocol: 'h2' | 'http/1.1';
}

/** What a connection is opened with. */
export interface DialOptions {
  readonly connection: Connection;
  readonly material: TlsMaterial;
  /** What we can speak, in order of preference. */
  readonly protocols: readonly Dialed['protocol'][];
  readonly connectMs: number;
}

const KEEP_ALIVE_MS = 30_000;

/** Opens a connection to the server. Rejects with ConnectionError `unsent`, which says what the matter is. */
export async function dial(options: DialOptions): Promise<Dialed> {
  const { connection, connectMs } = options;
  const url = new URL(connection.server);
  const signal = AbortSignal.timeout(connectMs);
  try {
    const plain = await openPlain(connection, url, signal);
    return url.protocol === 'https:'
      ? await secure(plain, url, options, signal)
      : { socket: plain, protocol: 'http/1.1' };
  } catch (error) {
    if (error instanceof ConnectionError) throw error;
    const what = `cannot connect to ${url.host}`;
    if (signal.aborted) throw new ConnectionError('unsent', `${what}: it took more than ${connectMs} ms`, error);
    throw ConnectionError.from(error, 'unsent', what);
  }
}

/** The host of a URL as sockets take it, and its port. */
export function addressOf(url: URL): { readonly host: string; readonly port: number } {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)) };
}

function openPlain({ proxyUrl }: Connection, url: URL, signal: AbortSignal): Promise<Socket> {
  const target = addressOf(url);
  if (proxyUrl !== undefined) return connectThroughProxy(new URL(proxyUrl), target, signal);
  return opened(
    connectTcp({ ...target, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }),
    'connect',
    signal,
  );
}

/** Codes of OpenSSL and of Node's checks, unlike those of connections: they say the same the next time. */
const ofCertificates = /CERT|VERIFY|^ERR_(?:OSSL|SSL|TLS)_|SIGNED/;

async function secure(plain: Socket, url: URL, options: DialOptions, signal: AbortSignal): Promise<Dialed> {
  try {
    const socket = await opened(connectTls(tlsOptions(plain, url, options)), 'secureConnect', signal);
    return { socket, protocol: socket.alpnProtocol === 'h2' ? 'h2' : 'http/1.1' };
  } catch (error) {
    // Certificates that cannot be read are told before there is a socket that owns this one.
    plain.destroy();
    if (!ofCertificates.test(codeOf(error))) throw error;
    throw ConnectionError.from(error, 'untrusted', `no trust between us and ${url.host}`);
  }
}

function tlsOptions(plain: Socket, url: URL, { connection, material, protocols }: DialOptions): ConnectionOptions {
  const { host } = addressOf(url);
  const name = connection.tlsServerName ?? host;
  return {
    socket: plain,
    host,
    // Names only: an address is checked against the certificate, but never told (RFC 6066).
    ...(isIP(name) === 0 && { servername: name }),
    ALPNProtocols: [...protocols],
    minVersion: 'TLSv1.2',
    rejectUnauthorized: connection.insecureSkipTlsVerify !== true,
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
    ...(material.authority !== undefined && { ca: material.authority }),
    ...(material.pair && { cert: material.pair.certificate, key: material.pair.key }),
  };
}

/** Waits for a socket's event; a socket that fails or takes too long is destroyed. */
export function opened<S extends Socket>(socket: S, event: string, signal: AbortSignal): Promise<S> {
  return new Promise((resolve, reject) => {
    const settle = (thrown?: unknown): void => {
      socket.off(event, done);
      socket.off('close', closed);
      signal.removeEventListener('abort', aborted);
      if (thrown === undefined) {
        socket.off('error', settle);
        resolve(socket);
        return;
      }
      // A late error of a socket that is given up has nobody else to take it.
      socket.on('error', () => {});
      socket.destroy();
      reject(thrown);
    };
    const done = (): void => settle();
    const closed = (): void => settle(new Error('the other side closed the connection'));
    const aborted = (): void => settle(signal.reason);
    socket.once(event, done);
    socket.once('error', settle);
    socket.once('close', closed);
    if (signal.aborted) aborted();
    else signal.addEventListener('abort', aborted, { once: true });
  });
}
