import type { Astray, Elsewhere } from '@kcp/apiserver';
import type { UserInfo } from '@kcp/auth';
import type { Request, Response, StreamBody } from '@kcp/http';
import type { ObjectReader } from '@kcp/object-store';
import { OutboundError, type Outbound, type OutboundStream, type OutboundTls } from '@kcp/outbound';
import { findMount, type Mount } from './find-mount.ts';
import { answeredHeaders, forwardedHeaders, isCircling } from './forwarded-headers.ts';

/** What requests to mounted workspaces are passed on with. */
export interface MountDeps {
  readonly store: Pick<ObjectReader, 'get' | 'synced'>;
  readonly outbound: Pick<Outbound, 'stream'>;
  /** Whom to trust at an address, and who we are there. */
  readonly tls: (url: string) => OutboundTls;
  /**
   * Who makes a request, for mounts that take our word for it; undefined for whom we do not know. Absent: the client's own credentials
   * go on, as they do where nobody is known.
   */
  readonly identify?: (request: Request) => Promise<UserInfo | undefined>;
}

/** No request has a larger body: the limit of what is written here, and in Kubernetes. */
const BODY_LIMIT = 3 * 1024 * 1024;

/**
 * Passes what is asked of a mounted workspace on to where it is served (kcp's local proxy): request bodies up to 3 MiB, answers as they
 * come, so that watches work. Asked of paths that lead to no logical cluster here.
 */
export function mountRequests(deps: MountDeps): Elsewhere {
  return (request, astray) => {
    const mount = findMount(deps.store, astray.cluster);
    if (mount === undefined) return undefined;
    if (mount.url === undefined) return Promise.resolve(plain(503, 'Not available.\n'));
    return forward(deps, request, { ...astray, mount, url: mount.url });
  };
}

interface Forwarding extends Astray {
  readonly mount: Mount;
  readonly url: string;
}

async function forward(deps: MountDeps, request: Request, { mount, url, path }: Forwarding): Promise<Response> {
  if (isCircling(request)) return plain(508, 'Mounted workspaces lead in a circle.\n');
  if (request.upgrade) return plain(501, 'Mounted workspaces are not reached by WebSocket.\n');
  const target = targetOf(url, path, request.query);
  if (target === undefined) return plain(500, 'invalid url\n');
  const user = await deps.identify?.(request);
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  const body = hasBody ? await request.body(BODY_LIMIT) : undefined;
  try {
    const answer = await deps.outbound.stream({
      tenant: mount.cluster,
      url: target,
      method: request.method,
      headers: forwardedHeaders(request, user),
      tls: deps.tls(url),
      signal: request.signal,
      ...(body && { body }),
    });
    return answered(request, answer);
  } catch (error) {
    // where it is, and why it does not answer, is its owner's business
    if (error instanceof OutboundError) return plain(502, 'The mounted workspace cannot be reached.\n');
    throw error;
  }
}

/** The rest of the path behind that of the mount (httputil.NewSingleHostReverseProxy); undefined where the mount says no URL. */
function targetOf(base: string, path: string, query: string): string | undefined {
  const url = URL.parse(base);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  const target = `${url.origin}${url.pathname.replace(/\/$/, '')}${path.startsWith('/') ? path : `/${path}`}`;
  const queries = [url.search.slice(1), query].filter((each) => each !== '').join('&');
  return queries === '' ? target : `${target}?${queries}`;
}

/** Answers without a body (RFC 9110, 6.4.1). */
const EMPTY: ReadonlySet<number> = new Set([204, 304]);

function answered({ method }: Request, { status, headers, body }: OutboundStream): Response {
  const passed = answeredHeaders(headers);
  if (method === 'HEAD' || EMPTY.has(status)) return { status, headers: passed };
  return { status, headers: passed, body: passedOn(body) };
}

function passedOn(body: AsyncIterable<Uint8Array>): StreamBody {
  return async (sink) => {
    for await (const part of body) {
      if (sink.closed) return;
      if (!sink.write(part)) await sink.drained();
    }
  };
}

function plain(status: number, text: string): Response {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  return { status, headers, body: Buffer.from(text) };
}
