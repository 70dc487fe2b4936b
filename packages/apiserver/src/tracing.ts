import { ApiError } from '@kcp/api-machinery';
import type { UserInfo } from '@kcp/auth';
import type { Response } from '@kcp/http';
import type { Tracer } from '@kcp/telemetry';
import type { Exchange } from './exchange.ts';
import type { RequestInfo } from './request/request-info.ts';
import { afterStream } from './stream-end.ts';

/** Whose traces go on here (k8s.io/apiserver WithTracing): everybody else could have all of their requests recorded. */
const TRUSTED = new Set(['system:masters', 'system:monitoring']);

/** Begins the trace of a request whose user is known, back when it came. */
export function beginTrace(exchange: Exchange, { tracer }: { readonly tracer?: Tracer }): void {
  if (tracer === undefined) return;
  const { request, info, received, auditId, user, path } = exchange;
  exchange.span = tracer.begin({
    name: spanName(request.method, info),
    start: received,
    attributes: {
      'http.request.method': request.method,
      'http.target': request.query === '' ? path : `${path}?${request.query}`,
      'user_agent.original': request.header('user-agent') ?? '',
      'client.address': request.peer.address,
      'audit-id': auditId,
      'kcp.io/cluster': typeof exchange.cluster === 'string' ? exchange.cluster : '*',
    },
    traceparent: request.header('traceparent'),
    tracestate: request.header('tracestate'),
    isTrusted: isTrusted(user),
  });
  exchange.span?.child('authenticate', received).end();
}

function isTrusted({ groups }: UserInfo): boolean {
  return groups.some((group) => TRUSTED.has(group));
}

/** What all requests of one kind are called: names of objects and namespaces are left out. */
export function spanName(method: string, info: RequestInfo): string {
  if (info.kind === 'path') return method;
  const { group, version, namespace, resource, name, subresource } = info;
  const segments = group === '' ? ['api', version] : ['apis', group, version];
  if (namespace !== '') segments.push('namespaces', '{:namespace}');
  segments.push(resource);
  if (name !== '') segments.push('{:name}');
  if (subresource !== '') segments.push(subresource);
  return `${method} /${segments.join('/')}`;
}

/** Ends the trace of a request with its answer, or with the end of what is streamed. */
export function endTrace({ span }: Exchange, response: Response, thrown: unknown): Response {
  if (span === undefined) return response;
  span.set({ 'http.response.status_code': response.status });
  if (response.status >= 500) span.fail(thrown instanceof ApiError ? thrown : new Error('Internal error occurred'));
  if (typeof response.body === 'function') return afterStream(response, () => span.end());
  span.end();
  return response;
}
