import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { createServer as createPlain, type AddressInfo, type Server, type Socket } from 'node:net';
import { createAuthority, issueCertificate } from '@kcp/auth';

/** What a webhook does that does its caller no good. */
export type Trap =
  /** Takes the connection and says nothing, not even hello. */
  | 'silent'
  /** Takes the request and never answers. */
  | 'hang'
  /** Answers one byte a second. */
  | 'drip'
  /** Answers 10 MB at once. */
  | 'flood';

export const traps: readonly Trap[] = ['silent', 'hang', 'drip', 'flood'];

/** A webhook for callers to get stuck in. */
export interface Tarpit extends AsyncDisposable {
  /** How a configuration names it. */
  clientConfig(trap: Trap): { readonly url: string; readonly caBundle: string };
  /** How many requests a trap took so far; none for the one that is silent. */
  taken(trap: Trap): number;
  /** Fulfils when a trap took so many requests. */
  takes(trap: Trap, count: number): Promise<void>;
  /** Fulfils when nobody is in it any more. */
  left(): Promise<void>;
}

const FLOOD = Buffer.alloc(10 * 1024 * 1024, 'a');
const DAY_MS = 86_400_000;

/** Opens one. */
export async function openTarpit(): Promise<Tarpit> {
  const times = { notBefore: Date.now() - DAY_MS, notAfter: Date.now() + DAY_MS };
  const authority = await createAuthority({ commonName: 'tarpit', ...times });
  const hosts = ['127.0.0.1'];
  const own = await issueCertificate({ authority, usage: 'server', commonName: 'tarpit', hosts, ...times });
  const callers = new Callers();
  const taken = new Map<string, number>();
  const secure = createSecure({ key: own.privateKey, cert: own.certificate }, (request, response) => {
    const path = new URL(request.url ?? '/', 'https://tarpit').pathname;
    taken.set(path, (taken.get(path) ?? 0) + 1);
    callers.changed();
    trap(path, request, response);
  });
  // a socket that nobody reads never says that it was closed
  const silent = createPlain((socket) => socket.resume());
  const ports = await Promise.all([secure, silent].map((server) => listen(server, callers)));
  const caBundle = Buffer.from(authority.certificate).toString('base64');
  return {
    clientConfig: (kind) => ({ url: `https://127.0.0.1:${ports[kind === 'silent' ? 1 : 0]}/${kind}`, caBundle }),
    taken: (kind) => taken.get(`/${kind}`) ?? 0,
    takes: (kind, count) => callers.until(() => (taken.get(`/${kind}`) ?? 0) >= count),
    left: () => callers.until(() => callers.open.size === 0),
    [Symbol.asyncDispose]: async () => {
      for (const socket of callers.open) socket.destroy();
      await Promise.all([secure, silent].map((server) => new Promise((resolve) => void server.close(resolve))));
    },
  };
}

async function listen(server: Server, callers: Callers): Promise<number> {
  server.on('connection', (socket: Socket) => callers.add(socket));
  const listening = once(server, 'listening');
  server.listen(0, '127.0.0.1');
  await listening;
  return (server.address() as AddressInfo).port;
}

class Callers {
  readonly open = new Set<Socket>();
  #wake = Promise.withResolvers<void>();

  add(socket: Socket): void {
    this.open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      this.open.delete(socket);
      this.changed();
    });
    this.changed();
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await this.#wake.promise;
  }

  changed(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}

function trap(path: string, request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response.on('error', () => {});
  if (path === '/flood') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(FLOOD);
  } else if (path === '/drip') {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{');
    const timer = setInterval(() => response.write(' '), 1_000);
    response.on('close', () => clearInterval(timer));
  }
}
