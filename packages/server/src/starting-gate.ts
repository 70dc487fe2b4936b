import { ApiError } from '@kcp/api-machinery';
import { apiErrorResponse, type Handler, type Request, type Response } from '@kcp/http';

/** What stands behind the door while a server starts. */
export interface StartingGate {
  readonly handler: Handler;
  /** Says what is waited for, to those who ask `/readyz`. */
  waiting(why: string | undefined): void;
  /** From now on everything goes to this handler. */
  open(handler: Handler): void;
}

/** Answers health checks and refuses everything else with 503 and a wait until it is opened. */
export function startingGate(): StartingGate {
  let why = 'the server is starting';
  let opened: Handler | undefined;
  return {
    handler: (request) => (opened === undefined ? refuse(request, why) : opened(request)),
    waiting: (reason) => {
      why = reason ?? 'the server is starting';
    },
    open: (handler) => {
      opened = handler;
    },
  };
}

function refuse({ path }: Request, why: string): Response {
  if (/^\/(healthz|livez)(\/ping)?$/.test(path)) return text(200, 'ok');
  if (path === '/readyz') return text(500, `[+]ping ok\n[-]started failed: ${why}\nreadyz check failed\n`);
  if (path === '/readyz/started') return text(500, `internal server error: ${why}\n`);
  return apiErrorResponse(
    new ApiError('ServiceUnavailable', 'the server is starting', { details: { retryAfterSeconds: 1 } }),
  );
}

function text(status: number, body: string): Response {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: Buffer.from(body) };
}
