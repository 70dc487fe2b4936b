import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { Agents } from './agents.ts';
import type { OutboundAnswer, OutboundCall } from './call.ts';
import { FailureSignal } from './checked-lookup.ts';
import { classify } from './classify.ts';
import type { Phase } from './failure.ts';
import type { OutboundLimits } from './limits.ts';
import { request as plainRequest } from './node-http.ts';

/** What a call goes out with. */
export interface ExchangeParts {
  readonly agents: Agents;
  readonly lookup: LookupFunction;
  readonly limits: OutboundLimits;
  /** Aborted when the call is to end; the reason is a FailureSignal or becomes `aborted`. */
  readonly signal: AbortSignal;
}

/** One request and its answer. Throws FailureSignal; a kept connection that turns out closed is replaced once by a new one. */
export async function exchange(call: OutboundCall, url: URL, parts: ExchangeParts): Promise<OutboundAnswer> {
  const first = new Attempt(call, url, parts);
  try {
    return await first.answer;
  } catch (error) {
    if (!first.isStale || parts.signal.aborted) throw error;
    return new Attempt(call, url, parts).answer;
  }
}

class Attempt {
  readonly answer: Promise<OutboundAnswer>;
  readonly #parts: ExchangeParts;
  readonly #request: ClientRequest;
  readonly #settle = Promise.withResolvers<OutboundAnswer>();
  #phase: Phase = 'connect';
  #timer: NodeJS.Timeout | undefined;

  constructor(call: OutboundCall, url: URL, parts: ExchangeParts) {
    this.#parts = parts;
    this.answer = this.#settle.promise;
    this.#request = opened(call, url, parts);
    const end = (): void => this.#fail(parts.signal.reason);
    parts.signal.addEventListener('abort', end);
    const over = (): void => {
      clearTimeout(this.#timer);
      parts.signal.removeEventListener('abort', end);
    };
    this.answer.then(over, over);
    this.#follow(call.body);
    if (parts.signal.aborted) end();
  }

  /** True where the other side had closed a kept connection before it saw the request. */
  get isStale(): boolean {
    return this.#request.reusedSocket && this.#phase === 'head';
  }

  #follow(body: Uint8Array | undefined): void {
    const request = this.#request;
    const { connectMs, headMs } = this.#parts.limits;
    this.#enter('connect', connectMs);
    request.on('socket', (socket) => {
      const ready = (): void => this.#enter('head', headMs);
      if (request.reusedSocket) ready();
      else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', ready);
    });
    request.on('response', (message) => {
      this.#enter('body', undefined);
      this.#read(message);
    });
    request.on('error', (error) => this.#fail(error));
    request.on('close', () => this.#fail(undefined));
    request.end(body);
  }

  #enter(phase: Phase, ms: number | undefined): void {
    clearTimeout(this.#timer);
    this.#phase = phase;
    if (ms === undefined) return;
    this.#timer = setTimeout(() => this.#fail(new FailureSignal({ kind: 'timeout', phase })), ms);
  }

  #read(message: IncomingMessage): void {
    const { answerBytes: limit } = this.#parts.limits;
    const chunks: Buffer[] = [];
    let size = 0;
    const tooLarge = (): void => this.#fail(new FailureSignal({ kind: 'tooLarge', limit }));
    message.on('error', (error) => this.#fail(error));
    message.on('data', (chunk: Buffer) => {
      size += chunk.byteLength;
      if (size > limit) tooLarge();
      else chunks.push(chunk);
    });
    message.on('end', () => {
      if (message.complete)
        this.#settle.resolve({
          status: message.statusCode ?? 0,
          headers: headersOf(message),
          body: Buffer.concat(chunks, size),
        });
    });
    if (Number(message.headers['content-length'] ?? 0) > limit) tooLarge();
  }

  #fail(error: unknown): void {
    this.#settle.reject(new FailureSignal(classify(error, this.#phase, this.#parts.limits), error));
    this.#request.destroy();
  }
}

/** Keys that are none are found when the connection is made, at once. */
export function opened(call: OutboundCall, url: URL, parts: ExchangeParts): ClientRequest {
  try {
    return open(call, url, parts);
  } catch (error) {
    const failure = classify(error, 'connect', parts.limits);
    throw failure.kind === 'badKeys' ? new FailureSignal(failure, error) : error;
  }
}

function open(call: OutboundCall, url: URL, { agents, lookup, limits }: ExchangeParts): ClientRequest {
  const { tls = {}, body, method = 'GET' } = call;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const options: RequestOptions = {
    host,
    ...(url.port !== '' && { port: url.port }),
    path: `${url.pathname}${url.search}`,
    method,
    headers: {
      ...headersOut(call),
      'accept-encoding': 'identity',
      ...(body && { 'content-length': String(body.byteLength) }),
    },
    lookup,
    maxHeaderSize: limits.headBytes,
  };
  if (url.protocol === 'http:') return plainRequest({ ...options, agent: agents.plain });
  const { clientCertificate } = tls;
  return secureRequest({
    ...options,
    agent: agents.secure,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    checkServerIdentity: strictIdentity,
    // a bundle may hold the server's own certificate instead of who signed it: what is in it is trusted (Go's x509.Certificate.Verify)
    ...(tls.caBundle !== undefined && { ca: tls.caBundle, allowPartialTrustChain: true }),
    ...(tls.serverName !== undefined && { servername: tls.serverName }),
    ...(clientCertificate && { cert: clientCertificate.certificate, key: clientCertificate.key }),
  });
}

function headersOut({ headers = {} }: OutboundCall): Record<string, string | string[]> {
  const values = (value: string | readonly string[]): string | string[] =>
    typeof value === 'string' ? value : [...value];
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, values(value)]));
}

/** As Node, but the common name is no host name (Go's crypto/x509 since 1.15). */
function strictIdentity(host: string, certificate: PeerCertificate): Error | undefined {
  if (certificate.subjectaltname !== undefined) return checkServerIdentity(host, certificate);
  const error = new Error('the certificate has no alternative names');
  return Object.assign(error, { code: 'ERR_TLS_CERT_ALTNAME_INVALID', host, cert: certificate });
}

function headersOf(message: IncomingMessage): Readonly<Record<string, string>> {
  const found: [string, string][] = [];
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) found.push([name, typeof value === 'string' ? value : value.join(', ')]);
  }
  return Object.fromEntries(found);
}
