import { ApiError } from '@kcp/api-machinery';
import type { Response } from '@kcp/http';
import type { Audit, AuditedAnswer, RequestAudit } from './audit.ts';
import { nobody, type Exchange } from './exchange.ts';
import type { RequestInfo } from './request/request-info.ts';
import { afterStream } from './stream-end.ts';

/** Begins to record a request, after authentication as the original does. Throws where it must not go on unrecorded. */
export function beginAudit(exchange: Exchange, { audit }: { readonly audit?: Audit }): void | Promise<void> {
  if (audit === undefined) return;
  exchange.audit = audit.begin(exchange);
  annotateFacts(exchange);
  const taken = exchange.audit?.reach('RequestReceived') ?? true;
  const settle = (isTaken: boolean): void => {
    if (isTaken) return;
    exchange.audit = undefined;
    audit.rejected();
    throw new ApiError('InternalError', 'Internal error occurred: failed to store audit event');
  };
  return taken instanceof Promise ? taken.then(settle) : settle(taken);
}

/** Adds what authentication had to say to the record of a request. */
export function annotateFacts({ audit, facts }: Exchange): void {
  if (audit === undefined || facts === undefined) return;
  for (const [key, value] of Object.entries(facts.annotations)) audit.annotate(key, value);
}

/** Records the answer of a request; what is streamed ends the record when it ends. Gives the answer to go on with. */
export async function recordAnswer(
  { audit, info, user }: Exchange,
  response: Response,
  thrown: unknown,
): Promise<Response> {
  if (audit === undefined) return response;
  const answer: AuditedAnswer = { code: response.status, ...wholeBody(audit, response) };
  if (thrown !== undefined && !(thrown instanceof ApiError)) {
    await audit.reach('Panic', { ...answer, failure: thrown instanceof Error ? thrown.message : typeof thrown });
    return response;
  }
  if (user === nobody || isLongRunning(info)) await audit.reach('ResponseStarted', answer);
  if (user === nobody) return response;
  if (typeof response.body === 'function' && isLongRunning(info))
    return afterStream(response, () => audit.reach('ResponseComplete', answer));
  await audit.reach('ResponseComplete', answer);
  return response;
}

function wholeBody({ wantsAnswers }: RequestAudit, { headers, body }: Response): { body: Uint8Array } | undefined {
  if (!wantsAnswers || body === undefined || typeof body === 'function') return undefined;
  if (headers['content-type'] !== 'application/json') return undefined;
  return { body: body instanceof Uint8Array ? body : Buffer.concat(body) };
}

const LONG_VERBS: ReadonlySet<string> = new Set(['watch', 'proxy']);
const LONG_SUBRESOURCES: ReadonlySet<string> = new Set(['attach', 'exec', 'proxy', 'log', 'portforward']);

/** Requests whose answer may take as long as it likes (k8s.io/apiserver BasicLongRunningRequestCheck). */
export function isLongRunning(info: RequestInfo): boolean {
  return info.kind === 'resource' && (LONG_VERBS.has(info.verb) || LONG_SUBRESOURCES.has(info.subresource));
}
