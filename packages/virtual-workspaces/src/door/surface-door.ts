import { ApiError } from '@kcp/api-machinery';
import type { Authenticator } from '@kcp/auth';
import { ConnectionError } from '@kcp/client';
import { apiErrorResponse, compress, type Handler, type Request, type Response, type Transport } from '@kcp/http';
import type { Logger } from '@kcp/telemetry';
import { callerOf, impersonationOf } from './caller.ts';
import { fateOf, passedHeaders } from './passed-headers.ts';
import { streamed } from './streamed.ts';

/** The server behind a door. */
export interface Behind {
  /** Shows nothing of the door's own: what the caller sends is all that the server knows of them. */
  readonly asSender: Transport;
  /** As the door itself, which may impersonate. */
  readonly asDoor: Transport;
}

/** What a door to the surfaces of a server is made of. */
export interface SurfaceDoorOptions {
  readonly behind: Behind;
  /** Knows the holders of client certificates; absent: nobody is known by one. */
  readonly certificates?: Authenticator | undefined;
  readonly logger: Logger;
}

/** The largest body that is passed on, in bytes: what the server behind it takes. */
const BODY_LIMIT = 3 * 1024 * 1024;

const SURFACES = '/services/';
const HEALTH: ReadonlySet<string> = new Set(['/healthz', '/livez', '/readyz']);

/**
 * Serves the surfaces of a server from another process: passes on what is below `/services/`, and the question whether the server is healthy.
 * It keeps nothing and decides nothing that the server decides; it knows callers by their certificates, and takes away what they may not say.
 */
export function surfaceDoor({ behind, certificates, logger }: SurfaceDoorOptions): Handler {
  return async (request) => {
    try {
      if (request.path === '/livez') return { status: 200, headers: TEXT, body: OK };
      if (!request.path.startsWith(SURFACES) && !HEALTH.has(request.path))
        return { status: 404, headers: TEXT, body: NOT_FOUND };
      const caller = await callerOf(request, certificates);
      if (caller.kind === 'sender') return await passOn(request, behind.asSender, passedHeaders(request.headers()));
      const { authorization: _, ...headers } = passedHeaders(request.headers());
      return await passOn(request, behind.asDoor, { ...headers, ...impersonationOf(caller.user) });
    } catch (error) {
      return failure(error, request, logger);
    }
  };
}

const TEXT = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
const OK = Buffer.from('ok');
const NOT_FOUND = Buffer.from('404 page not found\n');

async function passOn(
  request: Request,
  transport: Transport,
  headers: Record<string, string | readonly string[]>,
): Promise<Response> {
  const { method, path, query } = request;
  const hasBody = method === 'POST' || method === 'PUT' || method === 'PATCH' || method === 'DELETE';
  const body = hasBody ? await request.body(BODY_LIMIT) : undefined;
  const gone = new AbortController();
  const answer = await transport({
    method,
    target: query === '' ? path : `${path}?${query}`,
    headers,
    ...(body !== undefined && body.byteLength > 0 && { body }),
    signal: AbortSignal.any([request.signal, gone.signal]),
  });
  const kept = Object.entries(answer.headers).filter(([name]) => fateOf(name) === 'passed');
  const response: Response = { status: answer.status, headers: Object.fromEntries(kept), body: streamed(answer, gone) };
  const accepted = request.header('accept-encoding');
  return accepted !== undefined && accepted.includes('gzip') ? compress(response, accepted) : response;
}

function failure(error: unknown, { path }: Request, logger: Logger): Response {
  if (error instanceof ApiError) return apiErrorResponse(error);
  logger.warn('the server behind the door did not answer', { path, error });
  const isSlow = error instanceof ConnectionError && error.phase === 'full';
  const why = isSlow ? 'too many requests are under way' : 'the server behind this door cannot be reached';
  return apiErrorResponse(new ApiError('ServiceUnavailable', why, { details: { retryAfterSeconds: 1 } }));
}
